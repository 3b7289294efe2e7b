package main

// #include "bridge.h"
import "C"

import (
	"runtime/cgo"
	"unsafe"
)

// What C calls. A plugin of your own needs no change here: only newUsage and collect are named.

//export goCreate
func goCreate(host *C.collector_host, config *C.char, length C.uint64_t, number *C.uintptr_t) C.collector_status {
	return C.collector_status(guarded(cHost{host}, func() error {
		made, err := newUsage(C.GoBytes(unsafe.Pointer(config), C.int(length)))
		if err == nil {
			// C may not keep pointers of Go: it keeps a number.
			*number = C.uintptr_t(cgo.NewHandle(made))
		}
		return err
	}))
}

//export goCollect
func goCollect(number C.uintptr_t, host *C.collector_host) C.collector_status {
	return C.collector_status(guarded(cHost{host}, func() error {
		return cgo.Handle(number).Value().(*usage).collect(cHost{host})
	}))
}

//export goDestroy
func goDestroy(number C.uintptr_t) {
	if number != 0 {
		cgo.Handle(number).Delete()
	}
}

// cHost is the Host behind the table of callbacks.
type cHost struct {
	table *C.collector_host
}

func (h cHost) Problem(status Status, message string) {
	text, length := borrowed([]byte(message))
	C.bridge_fail(h.table, C.collector_status(status), text, length)
}

func (h cHost) ShouldStop() bool {
	return C.bridge_should_stop(h.table) != 0
}

func (h cHost) Deliver(name, mediaType string, data []byte) error {
	var handle C.uint64_t
	nameText, nameLength := borrowed([]byte(name))
	typeText, typeLength := borrowed([]byte(mediaType))
	status := C.bridge_begin(h.table, nameText, nameLength, typeText, typeLength, &handle)
	if status != C.COLLECTOR_OK {
		return refused{Status(status)}
	}
	text, length := borrowed(data)
	if status := C.bridge_write(h.table, handle, text, length); status != C.COLLECTOR_OK {
		C.bridge_end(h.table, handle, C.COLLECTOR_PARTIAL)
		return refused{Status(status)}
	}
	if status := C.bridge_end(h.table, handle, C.COLLECTOR_OK); status != C.COLLECTOR_OK {
		return refused{Status(status)}
	}
	return nil
}

// borrowed gives bytes as C takes them, for one call.
func borrowed(data []byte) (*C.char, C.uint64_t) {
	if len(data) == 0 {
		return nil, 0
	}
	return (*C.char)(unsafe.Pointer(&data[0])), C.uint64_t(len(data))
}

// main is what the build mode asks for; nothing calls it.
func main() {}
