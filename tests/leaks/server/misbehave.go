package main

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime/pprof"
	"sort"
	"strconv"
	"strings"
	"time"
)

// misbehave adds the pages that a client must survive. Each also answers for every path below its
// own, so that http://HOST/never works as the base address of a pprof server.
func misbehave(mux *http.ServeMux) {
	pages := map[string]http.HandlerFunc{
		"/html":          html,
		"/never":         neverAnswer,
		"/drip":          drip,
		"/truncated":     truncated,
		"/endless":       endless,
		"/status":        status,
		"/redirect-loop": redirectLoop,
		"/redirect-to":   redirectTo,
		"/echo-headers":  echoHeaders,
	}
	for path, page := range pages {
		mux.HandleFunc(path, page)
		mux.HandleFunc(path+"/", page)
	}
}

// html is what a login page or a load balancer answers: success, and not what was asked for.
func html(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n")
}

// neverAnswer takes the request and keeps silent until the client leaves.
func neverAnswer(_ http.ResponseWriter, r *http.Request) {
	<-r.Context().Done()
}

// drip sends one byte of a metrics page a second: always alive, never done.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", textFormat)
	const line = "dripping_water_total 1\n"
	for i := 0; ; i++ {
		if _, err := w.Write([]byte{line[i%len(line)]}); err != nil {
			return
		}
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// truncated sends the first half of a heap profile as if it were the whole.
func truncated(w http.ResponseWriter, _ *http.Request) {
	var profile bytes.Buffer
	if err := pprof.Lookup("heap").WriteTo(&profile, 0); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(profile.Bytes()[:profile.Len()/2])
}

// endless sends series until the client leaves.
func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", textFormat)
	for i := 0; ; i++ {
		if _, err := fmt.Fprintf(w, "endless_series{number=\"%d\"} %d\n", i, i); err != nil {
			return
		}
	}
}

// status answers /status/503 with 503 and a short reason.
func status(w http.ResponseWriter, r *http.Request) {
	number, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/status/"), "/")
	code, err := strconv.Atoi(number)
	if err != nil || code < 200 || code > 599 {
		http.Error(w, "the path is /status/NNN, from 200 to 599", http.StatusBadRequest)
		return
	}
	w.WriteHeader(code)
	fmt.Fprintf(w, "this is a %d on request\n", code)
}

func redirectLoop(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/redirect-loop", http.StatusFound)
}

// redirectTo sends the client to /redirect-to?url=ELSEWHERE, to another host too.
func redirectTo(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Query().Get("url"), http.StatusFound)
}

// echoHeaders answers with the request line and the headers of the request, sorted.
func echoHeaders(w http.ResponseWriter, r *http.Request) {
	var lines []string
	for name, values := range r.Header {
		for _, value := range values {
			lines = append(lines, fmt.Sprintf("%s: %s\n", name, value))
		}
	}
	sort.Strings(lines)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "%s %s\n%s", r.Method, r.URL.RequestURI(), strings.Join(lines, ""))
}
