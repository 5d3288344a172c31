package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a program under load, in a process of its own.
type server struct {
	url   string
	ready time.Duration // from its start to its first answer at /readyz
	cmd   *exec.Cmd
}

// start runs program with env and waits for it to answer at path. Its log goes to a
// file in dir, as a service's does.
func start(ctx context.Context, dir, program, path string, port int, env []string) (*server, error) {
	return startIn(ctx, dir, dir, program, nil, path, port, env)
}

// startIn is start for a program that takes arguments and finds its files in a folder.
func startIn(ctx context.Context, folder, dir, program string, args []string, path string, port int, env []string) (*server, error) {
	log, err := os.Create(filepath.Join(dir, strconv.Itoa(port)+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s := &server{url: "http://localhost:" + strconv.Itoa(port), cmd: onCore(ctx, serverCore, program, args...)}
	s.cmd.Dir, s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = folder, env, log, log
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	for time.Since(began) < 20*time.Second {
		resp, err := http.Get(s.url + path)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				s.ready = time.Since(began)
				return s, nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	s.stop()
	said, err := os.ReadFile(log.Name())
	return nil, errors.Join(fmt.Errorf("%s does not answer at %s: %s", program, path, bytes.TrimSpace(said)), err)
}

func (s *server) stop() {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err == nil {
		_ = s.cmd.Wait() // how it ends is of no interest
	}
}

// cpu is what the process has used so far: the scheduler's own count for each of its
// threads, which is in nanoseconds where that of the process goes by ticks.
func (s *server) cpu() (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var all time.Duration
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if err != nil {
			return 0, err
		}
		ran, _, _ := strings.Cut(string(stat), " ")
		nanoseconds, err := strconv.ParseInt(ran, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read what the scheduler says: %w", err)
		}
		all += time.Duration(nanoseconds)
	}
	if all == 0 {
		return 0, errors.New("the kernel does not count what a thread uses")
	}
	return all, nil
}

// memory is what a process has in memory, in bytes.
type memory struct {
	own  int64 // nobody else has it, and it can't be read again from a file (RssAnon)
	file int64 // of the program's file, which the kernel drops where memory is short (RssFile)
}

// String says it in MB.
func (m memory) String() string {
	return fmt.Sprintf("%.1f MB of its own, %.1f MB of its file", float64(m.own)/(1<<20), float64(m.file)/(1<<20))
}

// memory is what the process has in memory, see proc_pid_status(5).
func (s *server) memory() (m memory, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return m, err
	}
	for name, into := range map[string]*int64{"RssAnon:": &m.own, "RssFile:": &m.file} {
		_, rest, found := strings.Cut(string(status), name)
		if !found {
			return m, errors.New("the kernel does not say how large the process is")
		}
		kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		if err != nil {
			return m, err
		}
		*into = kilobytes << 10
	}
	return m, nil
}

const (
	serverCore = "0"
	clientCore = "1"
)

// onCore runs a program on one core, so that server and client don't take each other's.
func onCore(ctx context.Context, core, program string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "taskset", append([]string{"-c", core, program}, args...)...)
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}
