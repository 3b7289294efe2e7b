package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// leaker leaks in steps: by itself at a rate, or as many as a request asks for.
type leaker struct {
	dir       string
	bytes     int
	fileBytes int
	atMost    int

	mutex sync.Mutex
	steps []func(*leaker) error
	taken int
}

// choose sets what one step does from a list such as "heap,descriptor".
func (l *leaker) choose(names string) error {
	known := map[string]func(*leaker) error{
		"heap":       growHeap,
		"goroutine":  func(*leaker) error { go leakGoroutine(); return nil },
		"descriptor": leakDescriptor,
		"mapping":    leakMapping,
		"garbage":    makeGarbage,
		"spike":      spike,
	}
	for _, name := range strings.Split(names, ",") {
		if name == "" {
			continue
		}
		step, ok := known[name]
		if !ok {
			return fmt.Errorf("-leak: no leak is called %q; there are heap, goroutine, descriptor and mapping, and what only looks like one: garbage and spike", name)
		}
		l.steps = append(l.steps, step)
	}
	return nil
}

// run takes a step at each tick until the limit is reached.
func (l *leaker) run(every time.Duration) {
	for range time.Tick(every) {
		if err := l.step(1); err != nil {
			fmt.Fprintln(os.Stderr, "leaking server: the leak stops:", err)
			return
		}
	}
}

// grow takes N steps for /grow?n=N and answers when they are taken: a leak without a clock.
func (l *leaker) grow(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.URL.Query().Get("n"))
	if err == nil {
		err = l.step(n)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "leaked %d\n", n)
}

func (l *leaker) step(n int) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for ; n > 0; n-- {
		if l.taken >= l.atMost {
			return fmt.Errorf("%d steps are taken, the most that -at-most allows", l.taken)
		}
		for _, step := range l.steps {
			if err := step(l); err != nil {
				return err
			}
		}
		l.taken++
	}
	return nil
}

var (
	keptBlocks   [][]byte
	keptMappings [][]byte
	keptFiles    []*os.File
	lastBlock    []byte
	never        = make(chan struct{})
)

// growHeap keeps one more block for ever. Its name is what a heap profile must blame.
//
//go:noinline
func growHeap(l *leaker) error {
	block := make([]byte, l.bytes)
	for i := 0; i < len(block); i += 4096 {
		block[i] = 1 // A page that nobody wrote is not resident.
	}
	keptBlocks = append(keptBlocks, block)
	return nil
}

// leakMapping keeps memory that the runtime knows nothing of, as a library in C does.
func leakMapping(l *leaker) error {
	memory, err := syscall.Mmap(-1, 0, l.bytes, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return err
	}
	for i := 0; i < len(memory); i += 4096 {
		memory[i] = 1
	}
	keptMappings = append(keptMappings, memory)
	return nil
}

// makeGarbage keeps nothing: the heap saws up and down with the collections.
func makeGarbage(l *leaker) error {
	lastBlock = make([]byte, l.bytes)
	for i := 0; i < len(lastBlock); i += 4096 {
		lastBlock[i] = 1
	}
	return nil
}

// spike needs a lot from its 8th step to its 24th, and nothing after: the runtime keeps the memory
// for a while.
func spike(l *leaker) error {
	switch l.taken {
	case 8:
		for i := 0; i < 64; i++ {
			if err := growHeap(l); err != nil {
				return err
			}
		}
	case 24:
		keptBlocks = nil
		runtime.GC()
	}
	return nil
}

// leakGoroutine waits for what never comes. Its name is what a goroutine profile must blame.
//
//go:noinline
func leakGoroutine() {
	<-never
}

// leakDescriptor does what a Dolt server before 1.57.1 did when its statistics storage rotated: the
// old storage is removed, a new one is made, and the lock file of the old one stays open.
func leakDescriptor(l *leaker) error {
	stats := filepath.Join(l.dir, ".dolt", "stats")
	noms := filepath.Join(stats, ".dolt", "noms")
	if err := os.MkdirAll(noms, 0o700); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(noms, "LOCK"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	keptFiles = append(keptFiles, lock)
	if _, err := lock.Write(make([]byte, l.fileBytes)); err != nil {
		return err
	}
	return os.RemoveAll(stats)
}
