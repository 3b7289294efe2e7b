package main

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// The media types of the two formats, as client_golang sends them.
const (
	textFormat  = "text/plain; version=0.0.4; charset=utf-8"
	openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
)

// family is one metric as client_golang's collectors for Go and for the process name it.
type family struct {
	name, help, kind string
	samples          []sample
}

type sample struct {
	suffix, labels string
	value          float64
}

// metrics answers in OpenMetrics 1.0 where the client asks for it, else in text 0.0.4.
func metrics(w http.ResponseWriter, r *http.Request) {
	open := strings.Contains(r.Header.Get("Accept"), "application/openmetrics-text")
	w.Header().Set("Content-Type", textFormat)
	if open {
		w.Header().Set("Content-Type", openMetrics)
	}
	for _, family := range append(ofGo(), ofProcess()...) {
		family.write(w, open)
	}
	if open {
		fmt.Fprint(w, "# EOF\n")
	}
}

// write follows both formats where they differ: OpenMetrics names the family of a counter without
// "_total", and its numbers always have a point or an exponent.
func (f family) write(w http.ResponseWriter, open bool) {
	header := f.name
	if open && f.kind == "counter" {
		header = strings.TrimSuffix(header, "_total")
	}
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", header, f.help, header, f.kind)
	for _, sample := range f.samples {
		value := strconv.FormatFloat(sample.value, 'g', -1, 64)
		if open && !strings.ContainsAny(value, "e.N") {
			value += ".0"
		}
		fmt.Fprintf(w, "%s%s%s %s\n", f.name, sample.suffix, sample.labels, value)
	}
}

func gauge(name, help string, value float64) family {
	return family{name, help, "gauge", []sample{{value: value}}}
}

func counter(name, help string, value float64) family {
	return family{name, help, "counter", []sample{{value: value}}}
}

func ofGo() []family {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	threads, _ := runtime.ThreadCreateProfile(nil)
	mem := func(name string, value uint64, help string) family {
		return gauge("go_memstats_"+name, help, float64(value))
	}
	return []family{
		pauses(),
		gauge("go_goroutines", "Number of goroutines that currently exist.", float64(runtime.NumGoroutine())),
		{"go_info", "Information about the Go environment.", "gauge", []sample{{"", fmt.Sprintf("{version=%q}", runtime.Version()), 1}}},
		mem("alloc_bytes", m.Alloc, "Number of bytes allocated in heap and currently in use."),
		counter("go_memstats_alloc_bytes_total", "Total number of bytes allocated in heap until now, even if released already.", float64(m.TotalAlloc)),
		mem("buck_hash_sys_bytes", m.BuckHashSys, "Number of bytes used by the profiling bucket hash table."),
		counter("go_memstats_frees_total", "Total number of heap objects frees.", float64(m.Frees)),
		mem("gc_sys_bytes", m.GCSys, "Number of bytes used for garbage collection system metadata."),
		mem("heap_alloc_bytes", m.HeapAlloc, "Number of heap bytes allocated and currently in use."),
		mem("heap_idle_bytes", m.HeapIdle, "Number of heap bytes waiting to be used."),
		mem("heap_inuse_bytes", m.HeapInuse, "Number of heap bytes that are in use."),
		mem("heap_objects", m.HeapObjects, "Number of currently allocated objects."),
		mem("heap_released_bytes", m.HeapReleased, "Number of heap bytes released to OS."),
		mem("heap_sys_bytes", m.HeapSys, "Number of heap bytes obtained from system."),
		gauge("go_memstats_last_gc_time_seconds", "Number of seconds since 1970 of last garbage collection.", float64(m.LastGC)/1e9),
		counter("go_memstats_mallocs_total", "Total number of heap objects allocated, both live and gc-ed.", float64(m.Mallocs)),
		mem("mcache_inuse_bytes", m.MCacheInuse, "Number of bytes in use by mcache structures."),
		mem("mcache_sys_bytes", m.MCacheSys, "Number of bytes used for mcache structures obtained from system."),
		mem("mspan_inuse_bytes", m.MSpanInuse, "Number of bytes in use by mspan structures."),
		mem("mspan_sys_bytes", m.MSpanSys, "Number of bytes used for mspan structures obtained from system."),
		mem("next_gc_bytes", m.NextGC, "Number of heap bytes when next garbage collection will take place."),
		mem("other_sys_bytes", m.OtherSys, "Number of bytes used for other system allocations."),
		mem("stack_inuse_bytes", m.StackInuse, "Number of bytes obtained from system for stack allocator in non-CGO environments."),
		mem("stack_sys_bytes", m.StackSys, "Number of bytes obtained from system for stack allocator."),
		mem("sys_bytes", m.Sys, "Number of bytes obtained from system."),
		gauge("go_threads", "Number of OS threads created.", float64(threads)),
	}
}

func pauses() family {
	stats := debug.GCStats{PauseQuantiles: make([]time.Duration, 5)}
	debug.ReadGCStats(&stats)
	family := family{"go_gc_duration_seconds", "A summary of the wall-time pause (stop-the-world) duration in garbage collection cycles.", "summary", nil}
	for i, quantile := range []string{"0", "0.25", "0.5", "0.75", "1"} {
		labels := fmt.Sprintf("{quantile=%q}", quantile)
		family.samples = append(family.samples, sample{"", labels, stats.PauseQuantiles[i].Seconds()})
	}
	family.samples = append(family.samples,
		sample{"_sum", "", stats.PauseTotal.Seconds()}, sample{"_count", "", float64(stats.NumGC)})
	return family
}

// ofProcess reads /proc/self; a number it cannot read is left out, as client_golang does.
func ofProcess() []family {
	const ticksPerSecond = 100 // USER_HZ, the same on every Linux that Go runs on.
	var families []family
	if descriptors, err := os.ReadDir("/proc/self/fd"); err == nil {
		families = append(families, gauge("process_open_fds", "Number of open file descriptors.", float64(len(descriptors)-1)))
	}
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return families
	}
	// The name of the program, in brackets, may hold spaces; field 3 follows the last bracket.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	field := func(number int) float64 {
		value, _ := strconv.ParseFloat(fields[number-3], 64)
		return value
	}
	families = append(families,
		counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", (field(14)+field(15))/ticksPerSecond),
		gauge("process_resident_memory_bytes", "Resident memory size in bytes.", field(24)*float64(os.Getpagesize())),
		gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", field(23)))
	if boot, ok := bootTime(); ok {
		families = append(families, gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", boot+field(22)/ticksPerSecond))
	}
	return families
}

func bootTime() (float64, bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	for _, line := range strings.Split(string(text), "\n") {
		if rest := strings.TrimPrefix(line, "btime "); rest != line {
			value, err := strconv.ParseFloat(rest, 64)
			return value, err == nil
		}
	}
	return 0, false
}
