// A Go server that really leaks, and that answers badly where it is asked to.
//
// It stands in for the customer's server in tests: real profiles of a real runtime, a real metrics
// page, and leaks at a known rate. It listens on loopback, has no dependency but the
// standard library, and ends by itself: after -for, and when its standard input closes, so that a
// killed test leaves nothing behind. (It ends at once with </dev/null; that is meant.)
//
// On standard output it prints one line, "listening 127.0.0.1:PORT", when it is ready. With
// -record DIR it writes the exact body of every answer with a profile or a metrics page to
// DIR/NNNN-path before it sends the first byte of it: what the test finds in a bundle can be
// compared byte by byte with what was sent.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("leaking server: ")
	var (
		listen     = flag.String("listen", "127.0.0.1:0", "loopback address to listen on")
		leak       = flag.String("leak", "", "what leaks: heap, goroutine, descriptor or mapping, or only looks like it: garbage or spike; several with commas, or nothing")
		every      = flag.Duration("every", 0, "pause between steps of the leak; 0 leaks only when /grow?n=N asks")
		bytes      = flag.Int("bytes", 256<<10, "bytes of each step that takes memory")
		fileBytes  = flag.Int("file-bytes", 0, "bytes written to each file that the descriptor leak keeps")
		atMost     = flag.Int("at-most", 1000, "steps after which the leak stops, to spare the machine")
		dir        = flag.String("dir", "", "database directory of the descriptor leak; default: a temporary one")
		record     = flag.String("record", "", "directory for the bodies of the answers; created when missing")
		lifetime   = flag.Duration("for", 2*time.Minute, "end after this time, whatever happens")
		tlsDir     = flag.String("tls", "", "serve HTTPS, and write ca.pem, client.pem and client.key here")
		clientCert = flag.Bool("client-cert", false, "with -tls: refuse clients without the certificate client.pem")
	)
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}

	database := *dir
	if database == "" {
		temporary, err := os.MkdirTemp("", "leaking-server-")
		if err != nil {
			log.Fatal(err)
		}
		database = temporary
	}
	end := func(code int) {
		if *dir == "" {
			os.RemoveAll(database)
		}
		os.Exit(code)
	}
	endBySelf(*lifetime, end)

	leaks := &leaker{dir: database, bytes: *bytes, fileBytes: *fileBytes, atMost: *atMost}
	if err := leaks.choose(*leak); err != nil {
		log.Print(err)
		end(2)
	}
	recorder, err := newRecorder(*record)
	if err != nil {
		log.Print(err)
		end(1)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Print(err)
		end(1)
	}
	address := listener.Addr().(*net.TCPAddr)
	if !address.IP.IsLoopback() {
		log.Printf("refusing to listen on %s: this server leaks and lies, it stays on loopback", address)
		end(2)
	}
	if *tlsDir != "" {
		if listener, err = withTLS(listener, *tlsDir, *clientCert); err != nil {
			log.Print(err)
			end(1)
		}
	}
	fmt.Printf("listening %s\n", address)
	if *every > 0 {
		go leaks.run(*every)
	}
	log.Print(http.Serve(listener, routes(leaks, recorder)))
	end(1)
}

// endBySelf calls end after the lifetime, at the end of standard input, and on a polite signal.
func endBySelf(lifetime time.Duration, end func(int)) {
	time.AfterFunc(lifetime, func() { end(0) })
	go func() {
		io.Copy(io.Discard, os.Stdin)
		end(0)
	}()
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-asked
		end(0)
	}()
}

// routes is the whole map of the server: honest pages, then the ones that misbehave.
func routes(leaks *leaker, recorder *recorder) http.Handler {
	honest := http.NewServeMux()
	honest.Handle("/debug/pprof/", recorder.wrap(pprof.Index))
	honest.Handle("/debug/pprof/cmdline", recorder.wrap(pprof.Cmdline))
	honest.Handle("/debug/pprof/profile", recorder.wrap(pprof.Profile))
	honest.Handle("/debug/pprof/symbol", recorder.wrap(pprof.Symbol))
	honest.Handle("/debug/pprof/trace", recorder.wrap(pprof.Trace))
	honest.Handle("/metrics", recorder.wrap(metrics))
	honest.HandleFunc("/grow", leaks.grow)
	misbehave(honest)
	guard(honest)
	return honest
}
