// A plugin in Go, built with -buildmode=c-shared: what the contract asks of C is in bridge.c, the
// host's callbacks are in host.go, and this file is the collector.
//
// No panic may leave an exported function, and none does: it becomes a problem of this sample. A
// panic in a goroutine of its own nobody can catch; it ends the worker, which the host tells.
package main

/*
#include "bridge.h"
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// Workers deliver at the same time, each from a goroutine and so mostly a thread of its own.
const nWorkers = 4

type collector struct {
	Panic   string `json:"panic"`
	samples int
}

func (c *collector) collect(host Host) error {
	c.samples++
	switch c.Panic {
	case "caught":
		panic("told to, where it is caught")
	case "goroutine":
		go func() { panic("told to, in a goroutine") }()
		select {}
	}
	page := fmt.Sprintf("# TYPE plugin_samples counter\nplugin_samples_total %d\n"+
		"# TYPE plugin_goroutines gauge\nplugin_goroutines %d\n# EOF\n", c.samples, runtime.NumGoroutine())
	if err := host.Deliver("metrics.txt", "application/openmetrics-text; version=1.0.0", []byte(page)); err != nil {
		return err
	}
	var group sync.WaitGroup
	errs := make([]error, nWorkers)
	for at := 0; at < nWorkers; at++ {
		group.Add(1)
		go func(at int) {
			defer group.Done()
			text := fmt.Sprintf("from goroutine %d\n", at)
			errs[at] = host.Deliver(fmt.Sprintf("part-%d", at), "text/plain", []byte(text))
		}(at)
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

//export goCreate
func goCreate(host *C.collector_host, config *C.char, length C.uint64_t, number *C.uintptr_t) (status C.collector_status) {
	defer caught(Host{host}, &status)
	made := new(collector)
	if err := json.Unmarshal(C.GoBytes(unsafe.Pointer(config), C.int(length)), made); err != nil {
		Host{host}.Fail(C.COLLECTOR_BAD_CONFIG, err.Error())
		return C.COLLECTOR_BAD_CONFIG
	}
	*number = C.uintptr_t(cgo.NewHandle(made))
	return C.COLLECTOR_OK
}

//export goCollect
func goCollect(number C.uintptr_t, host *C.collector_host) (status C.collector_status) {
	defer caught(Host{host}, &status)
	err := cgo.Handle(number).Value().(*collector).collect(Host{host})
	switch {
	case err == nil:
		return C.COLLECTOR_OK
	case Host{host}.ShouldStop():
		return C.COLLECTOR_STOPPED
	default:
		Host{host}.Fail(C.COLLECTOR_FAILED, err.Error())
		return C.COLLECTOR_FAILED
	}
}

//export goDestroy
func goDestroy(number C.uintptr_t) {
	cgo.Handle(number).Delete()
}

// caught turns a panic of the function that defers it into a problem and a status.
func caught(host Host, status *C.collector_status) {
	if reason := recover(); reason != nil {
		host.Fail(C.COLLECTOR_FAILED, fmt.Sprintf("panic: %v", reason))
		*status = C.COLLECTOR_FAILED
	}
}

// main is what the build mode asks for; nothing calls it.
func main() {}
