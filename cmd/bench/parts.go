package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"strconv"
	"time"
)

// goals of the pages.
var pageGoals = []struct{ path, goal string }{
	{"/profile", "at least 1.5; at most 0.67"},
	{"/", "at least 0.9"},
	{"/greet", "at least 0.9"},
	{"/api/me", "at least 0.75; at most 1.35"},
}

// pages compares the app's pages with a bare Gin server that has the same template and
// data, and sends the same headers.
func (b *bench) pages(ctx context.Context, o *org) error {
	app, err := b.app(ctx, o, b.program, "/readyz", nil)
	if err != nil {
		return err
	}
	defer app.stop()
	idle, err := app.memory()
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "ready after %v, with %v (goal: 50ms, 25 MB of its own)\n", app.ready.Round(time.Millisecond), idle)
	headers, _, err := person(app, "/profile")
	if err != nil {
		return err
	}
	known := peerData{Headers: make(map[string]http.Header)}
	for _, page := range pageGoals {
		got, err := ask(app.url+page.path, headers)
		if err != nil {
			return err
		}
		got.header.Del("Set-Cookie")
		known.add(page.path, got.header)
		if page.path == "/api/me" {
			known.Claims = got.body
		}
	}
	file, err := b.write(known)
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	peer, err := start(ctx, b.dir, b.peer, "/readyz", port, []string{"PORT=" + strconv.Itoa(port), "PEER=pages", "PEER_DATA=" + file})
	if err != nil {
		return err
	}
	defer peer.stop()
	for _, page := range pageGoals {
		r, err := b.compare(ctx, target{app, page.path, headers}, target{peer, page.path, headers})
		if err != nil {
			return err
		}
		b.say(page.path+" : bare Gin", r, page.goal)
	}
	return nil
}

// adopter compares a closed page of an app that takes package auth in with the same
// page left open.
func (b *bench) adopter(ctx context.Context, o *org) error {
	app, err := b.app(ctx, o, b.peer, "/readyz", nil)
	if err != nil {
		return err
	}
	defer app.stop()
	headers, _, err := person(app, "/closed")
	if err != nil {
		return err
	}
	r, err := b.compare(ctx, target{app, "/closed", headers}, target{app, "/open", headers})
	if err != nil {
		return err
	}
	b.say("an adopter's closed page of 1 KB : open", r, "at least 0.8")
	return nil
}

// stores compares sessions in Redis with sessions in cookies.
func (b *bench) stores(ctx context.Context, o *org) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	redis := exec.CommandContext(ctx, "redis-server", "--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--dir", b.dir)
	if err := redis.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	defer func() { _ = redis.Process.Kill(); _ = redis.Wait() }()
	inRedis, err := b.app(ctx, o, b.program, "/readyz", map[string]string{
		"SESSION_STORE": "redis://127.0.0.1:" + strconv.Itoa(port),
	})
	if err != nil {
		return err
	}
	defer inRedis.stop()
	inCookies, err := b.app(ctx, o, b.program, "/readyz", nil)
	if err != nil {
		return err
	}
	defer inCookies.stop()
	return b.compareApps(ctx, "profile page, Redis store : cookie store", inRedis, inCookies, "at least 0.85")
}

// logs compares a log line per request with none.
func (b *bench) logs(ctx context.Context, o *org) error {
	var apps []*server
	for _, level := range []string{"info", "error"} {
		app, err := b.app(ctx, o, b.program, "/readyz", map[string]string{"LOG_LEVEL": level})
		if err != nil {
			return err
		}
		defer app.stop()
		apps = append(apps, app)
	}
	return b.compareApps(ctx, "profile page, log at info : at error", apps[0], apps[1], "at least 0.95")
}

// compareApps compares the profile page of two apps.
func (b *bench) compareApps(ctx context.Context, what string, one, other *server, goal string) error {
	var targets []target
	for _, app := range []*server{one, other} {
		headers, _, err := person(app, "/profile")
		if err != nil {
			return err
		}
		targets = append(targets, target{app, "/profile", headers})
	}
	r, err := b.compare(ctx, targets[0], targets[1])
	if err != nil {
		return err
	}
	b.say(what, r, goal)
	return nil
}

// latency measures the profile page at 70 % of the highest load.
func (b *bench) latency(ctx context.Context, o *org) error {
	app, err := b.app(ctx, o, b.program, "/readyz", nil)
	if err != nil {
		return err
	}
	defer app.stop()
	headers, _, err := person(app, "/profile")
	if err != nil {
		return err
	}
	page := target{app, "/profile", headers}
	most, err := b.load(ctx, page, b.lasting, 0)
	if err != nil {
		return err
	}
	r, err := b.load(ctx, page, 5*b.lasting, int(0.7*most.perSecond))
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "profile page at %.0f of %.0f requests per second: p50 %v, p99 %v, slowest %v (goal: p99 under 5 times p50, none over 20 ms)\n",
		r.perSecond, most.perSecond, r.p50, r.p99, r.slowest)
	return nil
}
