package rediscall

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// ErrNoPlace says that a text names no place in a list.
var ErrNoPlace = errors.New("session: no place in the list")

// Place is how far a sorted set was read from its highest score down. The zero Place is
// before all. Members that come and go meanwhile do not move it, but for those of its
// very score.
type Place struct {
	score int64 // of the last member that was read
	read  int64 // how many of that score were; none is the zero Place
}

// placeText has few enough digits for a sorted set's scores, which are floats.
var placeText = regexp.MustCompile(`^[0-9]{1,15}\.[0-9]{1,7}$`)

// ParsePlace reads what String returned, or returns ErrNoPlace.
func ParsePlace(text string) (Place, error) {
	if text == "" {
		return Place{}, nil
	}
	if !placeText.MatchString(text) {
		return Place{}, ErrNoPlace
	}
	score, read, _ := strings.Cut(text, ".")
	var p Place
	p.score, _ = strconv.ParseInt(score, 10, 64) // as many digits always fit
	p.read, _ = strconv.ParseInt(read, 10, 64)
	return p, nil
}

// String is empty for the zero Place.
func (p Place) String() string {
	if p.read == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d", p.score, p.read)
}

// Read returns up to max members of the sorted set key from p on whose score is above
// min, in one round trip, and the place after them: the zero one where no more follow.
// Scores are whole numbers from 0. It returns ErrUnavailable.
func (p Place) Read(ctx context.Context, client redis.UniversalClient, key string, min int64, max int) (members []string, next Place, err error) {
	by := &redis.ZRangeBy{Min: "(" + strconv.FormatInt(min, 10), Max: "+inf", Count: int64(max) + 1}
	if p.read > 0 {
		by.Max, by.Offset = strconv.FormatInt(p.score, 10), p.read
	}
	var found *redis.ZSliceCmd
	err = Do(ctx, client, func(pipe redis.Pipeliner) { found = pipe.ZRevRangeByScoreWithScores(ctx, key, by) })
	if err != nil {
		return nil, Place{}, err
	}
	for _, z := range found.Val() {
		if len(members) == max {
			return members, p, nil
		}
		members = append(members, fmt.Sprint(z.Member))
		if score := int64(z.Score); score != p.score {
			p = Place{score: score}
		}
		p.read++
	}
	return members, Place{}, nil
}
