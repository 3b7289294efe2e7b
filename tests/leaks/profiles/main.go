// A Go program that takes profiles of itself in pairs, with work and leaks between the two.
//
//	profiles DIR
//
// It writes DIR/KIND-1.pb.gz and DIR/KIND-2.pb.gz for each kind of profile there is, and ends. What
// it does is made to meet what is hard to sum up: calls that are put into their callers, recursion,
// generic functions and closures in them, methods, labels, stacks that differ in the size of their
// objects alone, memory that was freed, and goroutines that ended. Built with the tag "rebuilt" it
// is the next version of itself, with other addresses and one more leak.
package main

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("profiles: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: profiles DIR")
	}
	runtime.MemProfileRate = 4096
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	for round := 1; round <= 2; round++ {
		take(os.Args[1], round)
	}
}

// take does one round of everything and writes its profiles.
func take(dir string, round int) {
	stop := startCPU(dir, round)
	defer stop()
	leak(round)
	fight()
	wait(10 * round)
	churn()
	spin(150 * time.Millisecond)
	// A heap profile is of the last collection, and memory of the one before is freed by the next.
	runtime.GC()
	runtime.GC()
	for _, kind := range []string{"heap", "allocs", "goroutine", "threadcreate", "block", "mutex"} {
		file, err := os.Create(name(dir, kind, round))
		if err == nil {
			err = pprof.Lookup(kind).WriteTo(file, 0)
		}
		if err == nil {
			err = file.Close()
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

func name(dir, kind string, round int) string {
	return filepath.Join(dir, kind+"-"+string(rune('0'+round))+".pb.gz")
}

func startCPU(dir string, round int) func() {
	file, err := os.Create(name(dir, "cpu", round))
	if err == nil {
		err = pprof.StartCPUProfile(file)
	}
	if err != nil {
		log.Fatal(err)
	}
	return func() {
		pprof.StopCPUProfile()
		if err := file.Close(); err != nil {
			log.Fatal(err)
		}
	}
}

// spin uses the CPU, some of it under a label and some in recursion.
func spin(duration time.Duration) {
	end := time.Now().Add(duration)
	for time.Now().Before(end) {
		pprof.Do(context.Background(), pprof.Labels("request", "search"), func(context.Context) {
			sink = fib(24)
		})
		sink += each([]int{1, 2, 3}, func(n int) int { return fib(18 + n) })
	}
}

var sink int

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func each[T any](of []T, do func(T) int) int {
	sum := 0
	for _, one := range of {
		sum += do(one)
	}
	return sum
}

// fight makes goroutines wait for a lock.
func fight() {
	var lock sync.Mutex
	var all sync.WaitGroup
	for n := 0; n < 4; n++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 5; i++ {
				lock.Lock()
				time.Sleep(time.Millisecond)
				lock.Unlock()
			}
		}()
	}
	all.Wait()
}

// wait leaves goroutines behind that nobody ever answers, half of them under a label.
func wait(n int) {
	var started sync.WaitGroup
	started.Add(2 * n)
	for i := 0; i < n; i++ {
		go func() { started.Done(); <-make(chan int) }()
		pprof.Do(context.Background(), pprof.Labels("queue", "mail"), func(context.Context) {
			go func() { started.Done(); select {} }()
		})
	}
	started.Wait()
}
