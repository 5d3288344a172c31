package main

import "fmt"

// Assumptions: docs/capacity.md says where each comes from.
const (
	// of people
	busyHour     = 0.25 // of a day's sign-ins are in its busiest hour
	perDay       = 1.0  // sign-ins of a person
	signedInPart = 0.20 // of all people are signed in at the busiest time
	keptPart     = 0.50 // of all people have a session in Redis that has not expired
	perMinute    = 1.0  // pages that somebody signed in looks at
	tokenMinute  = 60.0 // minutes that an access token lasts: one renewal each
	// measured, in seconds of one core; renewals are taken for as much as sign-ins
	pageCore   = 0.0005
	signInCore = 0.003
	// measured, in round trips to Redis
	pageTrips   = 1.0
	signInTrips = 4.0 // and a renewal's
	// measured, in bytes
	sessionBytes = 3_100.0
	pageBytes    = 4_300.0
	signInBytes  = 12_700.0
	idleBytes    = 31e6 // of a process
	fullBytes    = 70e6 // of a process whose memories have filled up
	// one process, and one Redis
	coreRoom   = 0.7      // of a core in use; above that people wait
	redisTrips = 40_000.0 // of one Redis, on one core: measured, 23 microseconds each
)

// limits are Okta's, in requests a minute. They are the whole org's.
type limits struct{ token, userinfo float64 }

// small is a small org's.
var small = limits{token: 150, userinfo: 600}

// needs are of the busiest hour.
type needs struct {
	signedIn, pages, signIns, renewals float64 // people; a second
	token, userinfo                    float64 // a minute
	core                               float64 // of each process's one core
	memory, redis                      float64 // bytes, of each process, and in all
	trips, network                     float64 // a second: round trips, bytes
}

func need(people float64, replicas int) needs {
	n := needs{signedIn: people * signedInPart}
	n.pages = n.signedIn * perMinute / 60
	n.signIns = people * perDay * busyHour / 3600
	n.renewals = n.signedIn / tokenMinute / 60
	n.token = (n.signIns + n.renewals) * 60
	n.userinfo = n.signIns * 60
	n.core = (n.pages*pageCore + (n.signIns+n.renewals)*signInCore) / float64(replicas)
	n.memory = idleBytes + (fullBytes-idleBytes)*min(1, n.signedIn/float64(replicas)/2_000)
	n.redis = people * keptPart * sessionBytes
	n.trips = n.pages*pageTrips + (n.signIns+n.renewals)*signInTrips
	n.network = n.pages*pageBytes + n.signIns*signInBytes
	return n
}

// first says what is the fullest of what is full, and how full.
func (n needs) first(l limits) string {
	worst, name := 1.0, "nothing"
	for _, part := range []struct {
		name string
		used float64
	}{
		{"Okta's token limit", n.token / l.token},
		{"Okta's userinfo limit", n.userinfo / l.userinfo},
		{"the processor", n.core / coreRoom},
		{"one Redis", n.trips / redisTrips},
	} {
		if part.used > worst {
			worst, name = part.used, part.name
		}
	}
	if name == "nothing" {
		return name
	}
	return name + ", " + times(worst)
}

// times says how many times over something is used up.
func times(used float64) string {
	if used < 10 {
		return fmt.Sprintf("%.1f times", used)
	}
	return fmt.Sprintf("%.0f times", used)
}
