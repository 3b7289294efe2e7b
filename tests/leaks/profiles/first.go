//go:build !rebuilt

package main

func extra() {}
