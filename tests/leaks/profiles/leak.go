package main

import "strings"

// What is never given back.
var (
	kept   [][]byte
	caches []*cache[string]
	texts  []string
	trees  []*tree
	spike  [][]byte
)

// cache is a generic type with a method that allocates.
type cache[T any] struct{ values []T }

func (c *cache[T]) put(value T) { c.values = append(c.values, value) }

type tree struct {
	left, right *tree
	load        [64]byte
}

// grow is small enough to be put into its callers.
func grow(size int) { kept = append(kept, make([]byte, size)) }

// leak keeps more in each round, and gives back the spike of the round before.
func leak(round int) {
	for i := 0; i < 200*round; i++ {
		grow(32 << 10)
		// The same stack with objects of another size.
		grow(1024 << (i % 3))
	}
	spike = nil
	for i := 0; i < 100/round; i++ {
		spike = append(spike, make([]byte, 20<<10))
	}
	store := &cache[string]{}
	for i := 0; i < 2000; i++ {
		store.put(strings.Repeat("x", 100))
	}
	caches = append(caches, store)
	texts = append(texts, build(2000*round))
	trees = append(trees, plant(10))
	fill(&keeper{}, 300*round)
	extra()
}

func build(n int) string {
	var text strings.Builder
	for i := 0; i < n; i++ {
		text.WriteString("a line of a log that is kept\n")
	}
	return text.String()
}

// plant calls itself.
func plant(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{left: plant(depth - 1), right: plant(depth - 1)}
}

type keeper struct{ blocks [][]byte }

var keepers []*keeper

// fill allocates in a closure inside a generic function that is put into a method.
func fill(k *keeper, n int) {
	k.run(n)
	keepers = append(keepers, k)
}

func (k *keeper) run(n int) {
	sink += each(make([]int, n), func(int) int {
		k.blocks = append(k.blocks, make([]byte, 3000))
		return 1
	})
}

// churn allocates what is garbage at once.
func churn() {
	for i := 0; i < 2000; i++ {
		garbage = make([]byte, 9000)
	}
	garbage = nil
}

var garbage []byte
