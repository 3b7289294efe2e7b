// No dependency but the standard library. The old version lets the Go of old distributions build it.
module example.com/collector/leaks/profiles

go 1.19
