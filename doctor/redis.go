package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/session/redisurl"
)

const (
	// redisPatience bounds all that is asked of one Redis.
	redisPatience = 3 * time.Second
	// redisSlow is a round trip that people notice: a page takes one or two.
	redisSlow = 20 * time.Millisecond
	// redisOldest is the oldest series that its makers still mend.
	redisOldestMajor, redisOldestMinor = 6, 2
)

// checkRedis looks at the stores that are set.
func checkRedis(ctx context.Context, e *examiner) {
	var used bool
	for _, store := range []struct {
		setting string
		address config.Secret
	}{{"SESSION_STORE", e.cfg.SessionStore}, {"REDIS_URL", e.cfg.RedisURL}} {
		if store.address.IsSet() && store.address.Reveal() != "cookie" {
			used = true
			checkRedisAt(ctx, e, store.setting, store.address)
		}
	}
	if !used {
		e.skip("redis", "none: a single process, which forgets at a restart what has ended")
	}
}

func checkRedisAt(ctx context.Context, e *examiner, setting string, address config.Secret) {
	ctx, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	client, err := redisurl.Connect(address)
	if err != nil {
		e.tell("redis", Fail, setting+" cannot be read as a Redis URL", "Write it as in .env.example; in a password, special characters are %XX.", "")
		return
	}
	defer client.Close()
	if err := client.Ping(ctx).Err(); err != nil {
		e.tell("redis", Fail, setting+": no answer: "+redisCause(err), "Let this machine reach it; see the password and the database in "+setting+".", "")
		return
	}
	began := time.Now()
	err = client.Ping(ctx).Err() // on the connection that the first one opened
	latency := time.Since(began)
	if err == nil && latency > redisSlow {
		e.tell("redis latency", Warn, setting+" takes "+rounded(latency)+" for a round trip", "Put Redis nearer: each page waits for it.", "")
	} else if err == nil {
		e.ok("redis latency", setting+" takes "+rounded(latency)+" for a round trip")
	}
	info, err := client.Info(ctx).Result()
	if err != nil {
		e.tell("redis", Unknown, setting+" answers; INFO is refused: "+redisCause(err), "See that it is Redis 6.2 or newer with maxmemory-policy noeviction.", "")
		return
	}
	judgeRedis(e, setting, address, fieldsOf(info))
}

// judgeRedis judges what INFO says.
func judgeRedis(e *examiner, setting string, address config.Secret, info map[string]string) {
	e.ok("redis", setting+" answers")
	version := plain(info["redis_version"])
	if olderThan(version, redisOldestMajor, redisOldestMinor) {
		e.tell("redis version", Warn, setting+" is Redis "+version, "Take 6.2 or newer.", "")
	} else {
		e.ok("redis version", setting+" is Redis "+version)
	}
	if policy := plain(info["maxmemory_policy"]); policy == "noeviction" {
		e.ok("redis eviction", setting+" drops nothing that is kept")
	} else if policy == "" {
		e.tell("redis eviction", Unknown, setting+" does not say its maxmemory-policy", "See that it is noeviction.", "")
	} else {
		e.tell("redis eviction", Fail, setting+" has maxmemory-policy "+policy+": it forgets sessions, and which are over, when memory is short", "Set maxmemory-policy noeviction.", "")
	}
	judgeRedisMemory(e, setting, info)
	if info["aof_enabled"] == "1" {
		e.ok("redis persistence", setting+" keeps its data over a restart")
	} else {
		e.tell("redis persistence", Warn, setting+" has no append-only file: a restart signs people out, or forgets who signed out", "Set appendonly yes.", "")
	}
	if u, err := url.Parse(address.Reveal()); err == nil && u.Scheme == "rediss" {
		e.ok("redis encryption", setting+" is reached over TLS")
	} else {
		e.skip("redis encryption", setting+" is redis://, in the clear; where that is another machine, settings warns of it")
	}
}

// redisFull is the part of its memory, in percent, from which on Redis is soon full.
const redisFull = 80

// judgeRedisMemory holds what is used against what may be.
func judgeRedisMemory(e *examiner, setting string, info map[string]string) {
	const check = "redis memory"
	used, err := strconv.ParseUint(info["used_memory"], 10, 63)
	most, mostErr := strconv.ParseUint(info["maxmemory"], 10, 63)
	switch {
	case err != nil || mostErr != nil:
		e.tell(check, Unknown, setting+" does not say its memory", "See that maxmemory leaves room.", "")
	case most == 0:
		e.ok(check, fmt.Sprintf("%s uses %d MB, and sets itself no limit", setting, used>>20))
	case used >= most/100*redisFull:
		e.tell(check, Fail, fmt.Sprintf("%s uses %d KB of %d KB: soon nobody can sign in", setting, used>>10, most>>10), "Give it more memory (maxmemory); docs/operations.md says what a session takes.", "")
	default:
		e.ok(check, fmt.Sprintf("%s uses %d MB of %d MB", setting, used>>20, most>>20))
	}
}

// redisCause says in words of ours why Redis does not answer.
func redisCause(err error) string {
	said := err.Error()
	switch {
	case strings.HasPrefix(said, "NOAUTH"), strings.HasPrefix(said, "WRONGPASS"), strings.Contains(said, "AUTH"):
		return "the password is missing or wrong"
	case strings.HasPrefix(said, "NOPERM"):
		return "its user may not"
	case errors.Is(err, context.DeadlineExceeded):
		return "it does not answer in time; by rediss://, it may speak no TLS"
	default:
		return cause(err)
	}
}

// fieldsOf reads INFO's lines "name:value".
func fieldsOf(info string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			fields[name] = value
		}
	}
	return fields
}

func olderThan(version string, major, minor int) bool {
	var parts [2]int
	for i, part := range strings.SplitN(version, ".", 3)[:min(2, strings.Count(version, ".")+1)] {
		parts[i], _ = strconv.Atoi(part)
	}
	return parts[0] < major || parts[0] == major && parts[1] < minor
}
