//go:build rebuilt

package main

import "fmt"

var lines []string

// extra is the leak that came with the new version, and moves every address after it.
func extra() {
	for i := 0; i < 5000; i++ {
		lines = append(lines, fmt.Sprintf("line %d of the new version", i))
	}
}
