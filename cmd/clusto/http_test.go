package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// fetch is the command fetch of scripts.
func fetch(ts *testscript.TestScript, _ bool, args []string) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(args[1])
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	_, _ = ts.Stdout().Write(body)
	if !strings.HasPrefix(resp.Status, args[0]+" ") {
		ts.Fatalf("%s: %s, want %s:\n%s", args[1], resp.Status, args[0], body)
	}
}

// underLoad is the command underload of scripts.
func underLoad(ts *testscript.TestScript, _ bool, args []string) {
	const clients = 4
	stop := make(chan struct{})
	errs := make(chan error, clients)
	var asking, begun sync.WaitGroup
	for n := range clients {
		begun.Add(1)
		asking.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: n%2 == 0}}
			defer client.CloseIdleConnections()
			first := sync.OnceFunc(begun.Done)
			defer first()
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := post(client, args[0]); err != nil {
					errs <- fmt.Errorf("client %d: %w", n, err)
					return
				}
				first()
			}
		})
	}
	begun.Wait()
	err := ts.Exec(args[1], args[2:]...)
	close(stop)
	asking.Wait()
	close(errs)
	ts.Check(err)
	for err := range errs {
		ts.Fatalf("%v", err)
	}
}

// post asks in a way that no client repeats by itself; any answer will do.
func post(client *http.Client, url string) error {
	resp, err := client.Post(url, "text/plain", strings.NewReader("x"))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
