package main

import (
	"errors"
	"fmt"
	"runtime/debug"
)

// Status says how a call went; the numbers are those of collector_plugin.h.
type Status int32

const (
	OK Status = iota
	Failed
	BadConfig
	Denied
	Unavailable
	Stopped
	Quota
	Partial
)

// Host is the program, for as long as one call of the plugin lasts. Any goroutine may use it.
type Host interface {
	// Problem records what went wrong, with which source, and what would help.
	Problem(status Status, message string)
	// ShouldStop tells whether the plugin should return soon.
	ShouldStop() bool
	// Deliver delivers a whole artifact. After an error the host takes no more.
	Deliver(name, mediaType string, data []byte) error
}

// problem is an error with the status it means to the host.
type problem struct {
	status  Status
	message string
}

func (p problem) Error() string { return p.message }

// refused is the error of a host that takes no more. It knows why, so it is not told.
type refused struct{ status Status }

func (r refused) Error() string { return fmt.Sprintf("the host answered status %d", r.status) }

// guarded runs the plugin's code and tells the host what became of it. No panic may leave a
// function that C called: it would end the process, and with it what other samples keep in it. A
// panic in a goroutine that the plugin starts is not caught here; guard those yourself.
func guarded(host Host, run func() error) (status Status) {
	defer func() {
		if reason := recover(); reason != nil {
			// The stack goes to stderr, which the host keeps for this sample.
			debug.PrintStack()
			host.Problem(Failed, fmt.Sprintf("the plugin panicked: %v", reason))
			status = Failed
		}
	}()
	err := run()
	var told problem
	var silent refused
	switch {
	case err == nil:
		return OK
	case errors.As(err, &silent):
		return silent.status
	case errors.As(err, &told):
		host.Problem(told.status, told.message)
		return told.status
	default:
		host.Problem(Failed, err.Error())
		return Failed
	}
}
