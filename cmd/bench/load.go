package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const connections = 32

// target is one address of a server, asked as one person.
type target struct {
	server  *server
	path    string
	headers []string // "Name: value"
}

// run is what a load has come to.
type run struct {
	perSecond float64
	cpu       time.Duration // of the server, per request
	p50, p99  time.Duration
	slowest   time.Duration
}

// load asks t for so long over 32 connections: as fast as it answers, or at rate
// requests per second where that is above zero.
func (b *bench) load(ctx context.Context, t target, lasting time.Duration, rate int) (run, error) {
	args := []string{"-c", strconv.Itoa(connections), "-d", lasting.String(), "-l", "-o", "json", "-p", "r"}
	for _, header := range t.headers {
		args = append(args, "-H", header)
	}
	if rate > 0 {
		args = append(args, "-r", strconv.Itoa(rate))
	}
	before, err := t.server.cpu()
	if err != nil {
		return run{}, err
	}
	out, err := onCore(ctx, clientCore, b.generator, append(args, t.server.url+t.path)...).Output()
	if err != nil {
		return run{}, fmt.Errorf("load %s: %w", t.path, err)
	}
	after, err := t.server.cpu()
	if err != nil {
		return run{}, err
	}
	var said struct {
		Result struct {
			TimeTakenSeconds                       float64
			Req1xx, Req2xx, Req3xx, Req4xx, Req5xx int
			Others                                 int
			Latency                                struct {
				Max         float64 // microseconds
				Percentiles map[string]float64
			}
		}
	}
	if err := json.Unmarshal(out, &said); err != nil {
		return run{}, fmt.Errorf("read what %s says: %w", b.generator, err)
	}
	r := said.Result
	if failed := r.Req1xx + r.Req3xx + r.Req4xx + r.Req5xx + r.Others; failed > 0 || r.Req2xx == 0 {
		return run{}, fmt.Errorf("%s: %d answers are no page, %d are", t.path, failed, r.Req2xx)
	}
	microseconds := func(n float64) time.Duration { return time.Duration(n * float64(time.Microsecond)) }
	return run{
		perSecond: float64(r.Req2xx) / r.TimeTakenSeconds, cpu: (after - before) / time.Duration(r.Req2xx),
		p50: microseconds(r.Latency.Percentiles["50"]), p99: microseconds(r.Latency.Percentiles["99"]), slowest: microseconds(r.Latency.Max),
	}, nil
}

// ratio is how one target compares with another: of requests per second, and of the
// server's CPU per request. Both are medians over pairs of adjacent runs.
type ratio struct {
	perSecond, cpu float64
	one, other     run // the last pair
}

// compare loads one and other by turns.
func (b *bench) compare(ctx context.Context, one, other target) (ratio, error) {
	var perSecond, cpu []float64
	var last ratio
	for range b.pairs {
		first, err := b.load(ctx, other, b.lasting, 0)
		if err != nil {
			return ratio{}, err
		}
		second, err := b.load(ctx, one, b.lasting, 0)
		if err != nil {
			return ratio{}, err
		}
		perSecond = append(perSecond, second.perSecond/first.perSecond)
		cpu = append(cpu, float64(second.cpu)/float64(first.cpu))
		last.one, last.other = second, first
	}
	last.perSecond, last.cpu = median(perSecond), median(cpu)
	return last, nil
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// say prints a ratio, with what it should be.
func (b *bench) say(what string, r ratio, goal string) {
	fmt.Fprintf(b.out, "%-50s %5.2f requests per second, %5.2f CPU (goal: %s)   %.0f µs : %.0f µs\n",
		what, r.perSecond, r.cpu, goal, float64(r.one.cpu)/1000, float64(r.other.cpu)/1000)
}
