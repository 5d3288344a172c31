// Package rediscall asks Redis: one server, Sentinel or Cluster. Each command has one
// key, so that a Cluster may keep each anywhere.
package rediscall

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ErrUnavailable says that Redis can't be asked.
var ErrUnavailable = errors.New("session: store unavailable")

// Do sends the commands that add adds in one round trip. That there was nothing
// to read is no error. A key that holds what we never keep there is deleted, and the
// commands are sent once more.
func Do(ctx context.Context, client redis.UniversalClient, add func(redis.Pipeliner)) error {
	junk, err := send(ctx, client, add)
	if len(junk) == 0 || err != nil {
		return err
	}
	if _, err := send(ctx, client, func(pipe redis.Pipeliner) {
		for _, key := range junk {
			pipe.Del(ctx, key)
		}
	}); err != nil {
		return err
	}
	junk, err = send(ctx, client, add)
	if len(junk) > 0 {
		return fmt.Errorf("%w: %s holds something else again", ErrUnavailable, junk[0])
	}
	return err
}

// send returns the keys that hold something else than the commands expect.
func send(ctx context.Context, client redis.UniversalClient, add func(redis.Pipeliner)) (junk []string, err error) {
	pipe := client.Pipeline()
	add(pipe)
	commands, execErr := pipe.Exec(ctx)
	for _, command := range commands {
		if IsJunk(command.Err()) {
			junk = append(junk, keyOf(command))
			continue
		}
		if err := Unavailable(command.Err()); err != nil {
			return nil, err
		}
	}
	if len(junk) > 0 {
		return junk, nil
	}
	return nil, Unavailable(execErr)
}

// keyOf returns the one key of a command: EVAL SCRIPT 1 KEY, or COMMAND KEY.
func keyOf(command redis.Cmder) string {
	args := command.Args()
	if command.Name() == "eval" {
		return fmt.Sprint(args[3])
	}
	return fmt.Sprint(args[1])
}

// IsJunk reports whether Redis says that a key holds another type of value. Scripts
// may put more words before it.
func IsJunk(err error) bool {
	return err != nil && strings.Contains(err.Error(), "WRONGTYPE")
}

// Unavailable is nil for no error and for nothing found, and an ErrUnavailable for any
// other err.
func Unavailable(err error) error {
	if err == nil || errors.Is(err, redis.Nil) {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
