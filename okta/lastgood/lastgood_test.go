package lastgood_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/okta/lastgood"
)

// disk is a Store in memory.
type disk struct {
	values map[string][]byte
	err    error
}

func (d *disk) Put(name string, value []byte, _ time.Time) error {
	if d.err == nil {
		d.values[name] = value
	}
	return d.err
}

func (d *disk) Get(name string) ([]byte, error) { return d.values[name], d.err }

var (
	fresh  = time.Date(2030, 1, 1, 12, 0, 0, 123, time.UTC)
	secret = []byte("the secret of this app's sessions")
)

// TestOnlyWhatTheSecretsVouchFor holds that nothing else on disk is believed.
func TestOnlyWhatTheSecretsVouchFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change  func(d *disk)
		secrets [][]byte
		want    bool
	}{
		"as it was kept":        {func(*disk) {}, [][]byte{secret}, true},
		"with a newer secret":   {func(*disk) {}, [][]byte{[]byte("the next"), secret}, true},
		"with another secret":   {func(*disk) {}, [][]byte{[]byte("the next")}, false},
		"under another name":    {func(d *disk) { d.values["keys of A"] = d.values["keys of B"] }, [][]byte{secret}, false},
		"another document":      {func(d *disk) { d.values["keys of A"][9] ^= 1 }, [][]byte{secret}, false},
		"fresh for longer":      {func(d *disk) { d.values["keys of A"][0] ^= 1 }, [][]byte{secret}, false},
		"without its HMAC":      {func(d *disk) { d.values["keys of A"] = d.values["keys of A"][:20] }, [][]byte{secret}, false},
		"not there":             {func(d *disk) { clear(d.values) }, [][]byte{secret}, false},
		"on a disk that failed": {func(d *disk) { d.err = errors.New("input/output error") }, [][]byte{secret}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, log := &disk{values: map[string][]byte{}}, slog.New(slog.DiscardHandler)
			first := lastgood.New(store, [][]byte{secret}, log)
			first.Keep("keys of A", []byte(`{"keys":[1]}`), fresh, fresh)
			first.Keep("keys of B", []byte(`{"keys":[2]}`), fresh, fresh)
			tc.change(store)
			document, until, ok := lastgood.New(store, tc.secrets, log).Last("keys of A")
			if ok != tc.want || ok && (string(document) != `{"keys":[1]}` || !until.Equal(fresh)) {
				t.Errorf("%s, fresh until %v, %v", document, until, ok)
			}
		})
	}
}

// TestTakeSecrets has what is kept from then on vouched for by the new secret alone.
func TestTakeSecrets(t *testing.T) {
	t.Parallel()
	store, log, next := &disk{values: map[string][]byte{}}, slog.New(slog.DiscardHandler), []byte("the next")
	d := lastgood.New(store, [][]byte{secret}, log)
	d.Keep("keys of A", []byte(`{}`), fresh, fresh)
	d.TakeSecrets([][]byte{next, secret})
	if _, _, ok := d.Last("keys of A"); !ok {
		t.Error("with both secrets nothing is known")
	}
	d.TakeSecrets([][]byte{next})
	if _, _, ok := d.Last("keys of A"); ok {
		t.Error("what a secret vouches for that is gone is believed")
	}
	d.Keep("keys of A", []byte(`{}`), fresh, fresh)
	if _, _, ok := lastgood.New(store, [][]byte{next}, log).Last("keys of A"); !ok {
		t.Error("the new secret does not vouch")
	}
	(*lastgood.Documents)(nil).TakeSecrets([][]byte{next})
}

// TestDiskFails holds that it is logged.
func TestDiskFails(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	d := lastgood.New(&disk{err: errors.New("no space left on device")}, [][]byte{secret}, slog.New(slog.NewTextHandler(&out, nil)))
	d.Keep("keys", []byte("{}"), fresh, fresh)
	if !strings.Contains(out.String(), "no space left on device") {
		t.Errorf("the log says %q", out.String())
	}
}

// TestNoDocuments holds that nil keeps nothing.
func TestNoDocuments(t *testing.T) {
	t.Parallel()
	var d *lastgood.Documents
	d.Keep("keys", []byte("{}"), fresh, fresh)
	if _, _, ok := d.Last("keys"); ok {
		t.Error("there is a document")
	}
}
