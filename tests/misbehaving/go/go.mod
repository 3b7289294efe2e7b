// No dependency but the standard library. The old version lets the Go of old distributions build it.
module example.com/collector/go-plugin

go 1.19
