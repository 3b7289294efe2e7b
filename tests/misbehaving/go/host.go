package main

/*
#cgo CFLAGS: -I${SRCDIR}/../../../plugin-api/include
#include "bridge.h"
*/
import "C"

import (
	"errors"
	"unsafe"
)

// errStopped is what Deliver gives when the host takes no more.
var errStopped = errors.New("the host takes no more")

// Host is the collector, for as long as one call of it lasts. Any goroutine may use it.
type Host struct {
	host *C.collector_host
}

// Fail records one problem: what went wrong, with which source, and what would help.
func (h Host) Fail(status C.collector_status, message string) {
	text, length := borrowed([]byte(message))
	C.bridge_fail(h.host, status, text, length)
}

// ShouldStop tells whether the plugin should return soon.
func (h Host) ShouldStop() bool {
	return C.bridge_should_stop(h.host) != 0
}

// Deliver delivers a whole artifact.
func (h Host) Deliver(name, mediaType string, data []byte) error {
	var handle C.uint64_t
	nameText, nameLength := borrowed([]byte(name))
	typeText, typeLength := borrowed([]byte(mediaType))
	if C.bridge_begin(h.host, nameText, nameLength, typeText, typeLength, &handle) != C.COLLECTOR_OK {
		return errStopped
	}
	text, length := borrowed(data)
	if C.bridge_write(h.host, handle, text, length) != C.COLLECTOR_OK {
		C.bridge_end(h.host, handle, C.COLLECTOR_PARTIAL)
		return errStopped
	}
	if C.bridge_end(h.host, handle, C.COLLECTOR_OK) != C.COLLECTOR_OK {
		return errStopped
	}
	return nil
}

// borrowed gives bytes as C takes them; they live as long as the pointer.
func borrowed(data []byte) (*C.char, C.uint64_t) {
	if len(data) == 0 {
		return nil, 0
	}
	return (*C.char)(unsafe.Pointer(&data[0])), C.uint64_t(len(data))
}
