// A plugin for collector, in Go: the space and the number of files of a directory, at each sample.
//
// This file is the plugin. host.go is what it sees of the host and where panics stop, export.go
// and bridge.c are the boundary to C, and plugin.json is what the plugin says about itself: after a
// change of it run `go generate`.
//
//go:generate sh -c "sh describe.sh > description.h"
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
)

// usage is what is kept from one sample to the next.
type usage struct {
	Path string `json:"path"`
}

// newUsage makes the collector. The host has checked the configuration against config_schema of
// plugin.json and filled in the defaults. What a schema cannot say is checked here.
func newUsage(config []byte) (*usage, error) {
	u := new(usage)
	if err := json.Unmarshal(config, u); err != nil {
		return nil, problem{BadConfig, fmt.Sprintf("configuration: %v", err)}
	}
	if !filepath.IsAbs(u.Path) {
		return nil, problem{BadConfig, fmt.Sprintf("path %q: write it from the root", u.Path)}
	}
	return u, nil
}

// collect takes one sample. Numbers go on a page of OpenMetrics: `collector report` follows each
// of its series over time and says which ones grow.
func (u *usage) collect(host Host) error {
	// With the slash a link to a directory is that directory, and a file is an error.
	root := u.Path + "/"
	var bytes, files, unread int64
	var firstUnread error
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		// Ask between units of work: a plugin that does not stop in time is killed. Half a walk is
		// not the size of the directory, so nothing is delivered then.
		if host.ShouldStop() {
			return problem{Stopped, path + ": not walked to its end in time; raise limits.timeout"}
		}
		var info fs.FileInfo
		if err == nil && !entry.IsDir() {
			info, err = entry.Info()
		}
		switch {
		case err != nil && path == root: // Nothing was read, and that is not a size of 0.
			return problem{statusOf(err), fmt.Sprintf("%v; let `path` of the configuration name a "+
				"directory, and run with sudo if you may not read it", err)}
		case errors.Is(err, fs.ErrNotExist): // Removed meanwhile, which is no problem.
		case err != nil: // What cannot be read is counted apart: it is not the same as empty.
			if unread++; firstUnread == nil {
				firstUnread = err
			}
		case info != nil:
			files++
			if stat, ok := info.Sys().(*syscall.Stat_t); ok {
				bytes += stat.Blocks * 512
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	page := fmt.Sprintf(`# TYPE acme_usage_bytes gauge
# UNIT acme_usage_bytes bytes
# HELP acme_usage_bytes Space of the files below the directory.
acme_usage_bytes %d
# TYPE acme_usage_files gauge
# HELP acme_usage_files Files below the directory.
acme_usage_files %d
# EOF
`, bytes, files)
	const mediaType = "application/openmetrics-text; version=1.0.0; charset=utf-8"
	if err := host.Deliver("metrics", mediaType, []byte(page)); err != nil {
		return err
	}
	if firstUnread != nil {
		// The page stays, and the reader is told that it is not all there is.
		return problem{statusOf(firstUnread), fmt.Sprintf("%v (the first of %d that were not "+
			"counted); run with sudo to count them too", firstUnread, unread)}
	}
	return nil
}

// statusOf tells what an error of reading means to the host.
func statusOf(err error) Status {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return Denied
	case errors.Is(err, fs.ErrNotExist):
		return Unavailable
	default:
		return Failed
	}
}
