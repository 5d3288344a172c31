package directory

import (
	"errors"
	"strconv"
	"testing"
	"time"
)

func TestRecordsAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r, err := newRecords(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	for i := range recordCount + 7 {
		r.add(strconv.Itoa(i), Record{}, nil)
	}
	if got := r.entries.Len(); got != recordCount || r.forgotten.Load() != 7 {
		t.Errorf("%d records, %d forgotten", got, r.forgotten.Load())
	}
	if _, ok := r.get("0"); ok {
		t.Error("the oldest is still there")
	}
	r.add("failed", Record{}, errors.New("away"))
	now = now.Add(failureFresh)
	if _, ok := r.get("failed"); ok {
		t.Error("a failure is still the answer")
	}
	if _, ok := r.get("100"); !ok {
		t.Error("a record is gone")
	}
	now = now.Add(recordFresh)
	if _, ok := r.get("100"); ok {
		t.Error("a record is still there")
	}
}
