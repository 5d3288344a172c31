package doctor_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/doctor"
)

// redisSaying is a server that answers INFO with info, after wait, and refuses what it does
// not know. It returns its URL.
func redisSaying(t *testing.T, info string, wait time.Duration) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				r := bufio.NewReader(conn)
				for {
					command, err := readCommand(r)
					if err != nil {
						return
					}
					answer := "-ERR unknown command\r\n"
					switch {
					case command == "PING":
						<-time.After(wait) // the network in between
						answer = "+PONG\r\n"
					case command == "INFO" && info != "":
						answer = fmt.Sprintf("$%d\r\n%s\r\n", len(info), info)
					case command == "INFO":
						answer = "-NOPERM this user has no permissions to run the 'info' command\r\n"
					}
					if _, err := io.WriteString(conn, answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "redis://" + listener.Addr().String()
}

// readCommand reads a command as clients of Redis send it, and returns its name.
func readCommand(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	parts, err := strconv.Atoi(strings.Trim(line, "*\r\n"))
	if err != nil {
		return "", err
	}
	name := ""
	for i := range parts {
		if _, err := r.ReadString('\n'); err != nil { // its length
			return "", err
		}
		part, err := r.ReadString('\n')
		if err != nil {
			return "", err
		}
		if i == 0 {
			name = strings.ToUpper(strings.TrimSpace(part))
		}
	}
	return name, nil
}

// TestRedisSays looks at servers that real ones of this machine are not like.
func TestRedisSays(t *testing.T) {
	t.Parallel()
	const good = "redis_version:7.2.4\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\nused_memory:1000\r\nmaxmemory:0\r\n"
	for name, test := range map[string]struct {
		info  string
		wait  time.Duration
		check string
		mark  doctor.Mark
		words string
	}{
		"well":            {good, 0, "redis version", doctor.OK, "7.2.4"},
		"old":             {strings.Replace(good, "7.2.4", "5.0.14", 1), 0, "redis version", doctor.Warn, "6.2 or newer"},
		"old by its half": {strings.Replace(good, "7.2.4", "6.0.16", 1), 0, "redis version", doctor.Warn, "6.2 or newer"},
		"far away":        {good, 30 * time.Millisecond, "redis latency", doctor.Warn, "Put Redis nearer"},
		"forgetful":       {strings.Replace(good, "aof_enabled:1", "aof_enabled:0", 1), 0, "redis persistence", doctor.Warn, "appendonly"},
		"evicting":        {strings.Replace(good, "noeviction", "volatile-lru", 1), 0, "redis eviction", doctor.Fail, "volatile-lru"},
		"silent on it":    {"redis_version:7.2.4\r\n", 0, "redis eviction", doctor.Unknown, "noeviction"},
		"no memory said":  {"redis_version:7.2.4\r\n", 0, "redis memory", doctor.Unknown, "maxmemory"},
		"nearly full":     {strings.Replace(good, "maxmemory:0", "maxmemory:1100", 1), 0, "redis memory", doctor.Fail, "soon nobody can sign in"},
		"secretive":       {"", 0, "redis", doctor.Unknown, "its user may not"},
		"in the clear":    {good, 0, "redis encryption", doctor.Skipped, "in the clear"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patient{env: map[string]string{"REDIS_URL": redisSaying(t, test.info, test.wait)}}
			expect(t, p.examine(t), test.check, test.mark, test.words)
		})
	}
}
