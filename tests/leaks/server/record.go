package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// recorder writes each answer to a file of its own, numbered in the order of the answers.
type recorder struct {
	dir   string
	mutex sync.Mutex
	count int
}

// newRecorder prepares dir; an empty dir records nothing.
func newRecorder(dir string) (*recorder, error) {
	if dir == "" {
		return &recorder{}, nil
	}
	return &recorder{dir: dir}, os.MkdirAll(dir, 0o700)
}

// wrap holds the whole answer back, stores its body, and only then sends it: a client that has the
// answer finds the file complete. Only bodies of status 200 are stored.
func (r *recorder) wrap(handler http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		held := &answer{header: w.Header(), status: http.StatusOK}
		handler(held, request)
		body := held.body.Bytes()
		isMetrics := request.URL.Path == "/metrics"
		if isMetrics && strings.Contains(request.Header.Get("Accept-Encoding"), "gzip") {
			body = compress(body)
			w.Header().Set("Content-Encoding", "gzip")
		}
		if held.status == http.StatusOK {
			if err := r.store(request.URL.Path, body); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		w.WriteHeader(held.status)
		w.Write(body)
	})
}

func (r *recorder) store(path string, body []byte) error {
	if r.dir == "" {
		return nil
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.count++
	name := strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")
	name = filepath.Join(r.dir, fmt.Sprintf("%04d-%s", r.count, name))
	if err := os.WriteFile(name+".part", body, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".part", name)
}

// answer is a response that is written to memory.
type answer struct {
	header http.Header
	body   bytes.Buffer
	status int
}

func (a *answer) Header() http.Header             { return a.header }
func (a *answer) Write(bytes []byte) (int, error) { return a.body.Write(bytes) }
func (a *answer) WriteHeader(status int)          { a.status = status }

func compress(plain []byte) []byte {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	writer.Write(plain) // Memory does not fail.
	writer.Close()
	return packed.Bytes()
}
