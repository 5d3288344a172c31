package session_test

import (
	"runtime"
	"syscall"
	"time"
)

// worked is for how long a processor is busy with work, whatever else the machine has to do.
func worked(work func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadTime()
	work()
	return threadTime() - began
}

func threadTime() time.Duration {
	const thisThread = 1 // RUSAGE_THREAD of getrusage(2)
	var usage syscall.Rusage
	_ = syscall.Getrusage(thisThread, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
