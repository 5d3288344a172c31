package program_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/session/redistest"
)

// BenchmarkSignIn has people sign in at the built program, and reports what of a core each
// takes of its process alone, from the link to the profile page: what docs/capacity.md
// reckons with. The kernel counts in hundredths of a second.
func BenchmarkSignIn(b *testing.B) {
	for name, env := range map[string]map[string]string{
		"cookies": nil, "redis": {"SESSION_STORE": redistest.Start(b).URL()},
	} {
		b.Run(name, func(b *testing.B) {
			a := drive.StartApp(b, env)
			drive.NewVisitor(b, a).SignIn(drive.ProfilePath, drive.Ada) // all connections are there
			before := processorTime(b, a)
			for b.Loop() {
				drive.NewVisitor(b, a).SignIn(drive.ProfilePath, drive.Ada)
			}
			b.ReportMetric(float64((processorTime(b, a)-before).Microseconds())/1000/float64(b.N), "core-ms/sign-in")
		})
	}
}

// BenchmarkRedisOfAPage has somebody look at pages whose session is in Redis, and reports
// what of a core Redis itself takes for each, by its own count.
func BenchmarkRedisOfAPage(b *testing.B) {
	server := redistest.Start(b)
	a := drive.StartApp(b, map[string]string{"SESSION_STORE": server.URL()})
	v := drive.NewVisitor(b, a)
	v.SignIn(drive.ProfilePath, drive.Ada)
	used := func() (total float64) {
		info, err := server.Client().InfoMap(b.Context(), "cpu").Result()
		if err != nil {
			b.Fatal(err)
		}
		for _, name := range []string{"used_cpu_sys", "used_cpu_user"} {
			seconds, err := strconv.ParseFloat(info["CPU"][name], 64)
			if err != nil {
				b.Fatal(err)
			}
			total += seconds
		}
		return total
	}
	before := used()
	for b.Loop() {
		v.Get(drive.ProfilePath)
	}
	b.ReportMetric((used()-before)*1e6/float64(b.N), "redis-core-us/page")
}

// processorTime is what the program's process has used so far.
func processorTime(b *testing.B, a *drive.App) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", a.Cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+2:]))
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime, see proc(5)
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
