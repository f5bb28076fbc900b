package bench_test

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// service is a process that answers HTTP requests.
type service struct {
	url  string
	pid  int
	sent atomic.Int64 // requests and turns
}

// buildClusto builds the program as it is installed.
func buildClusto(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "clusto")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "../cmd/clusto")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, text)
	}
	return path
}

// unlimited is a configuration that lets one address ask as often as it can, and
// send as much.
const unlimited = "[http]\nrate_address = off\nmax_body = 512M\n"

// startClusto starts "clusto serve" on a database until the benchmark ends.
func startClusto(b *testing.B, program, dsn string) *service {
	b.Helper()
	dir := b.TempDir()
	conf := filepath.Join(dir, "clusto.conf")
	if err := os.WriteFile(conf, []byte(unlimited), 0o600); err != nil {
		b.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(program, "serve", "--http", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "CLUSTODSN="+dsn, "CLUSTOCONFIG="+conf)
	cmd.Stderr = log
	s := start(b, cmd, syscall.SIGTERM)
	s.url = "http://" + listening(b, log.Name())
	return s
}

// listening waits until a log says where its server listens.
func listening(b *testing.B, log string) string {
	b.Helper()
	for giveUp := time.Now().Add(time.Minute); time.Now().Before(giveUp); {
		text, err := os.ReadFile(log)
		if err != nil {
			b.Fatal(err)
		}
		if _, rest, ok := strings.Cut(string(text), `"listening for HTTP" addr=`); ok {
			if addr, _, ok := strings.Cut(rest, " "); ok {
				return addr
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	text, _ := os.ReadFile(log)
	b.Fatalf("clusto serve does not listen:\n%s", text)
	return ""
}

// start starts a process that is ended when the benchmark is.
func start(b *testing.B, cmd *exec.Cmd, stop os.Signal) *service {
	b.Helper()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := cmd.Process.Signal(stop); err != nil {
			b.Error(err)
		}
		_ = cmd.Wait() // how it ended does not matter any more
	})
	return &service{pid: cmd.Process.Pid}
}

// bareVariable names the file of answers that a process of this program serves,
// and does nothing else.
const bareVariable = "CLUSTO_BENCH_BARE"

// startBare starts a process that gives answers from memory.
func startBare(b *testing.B, answers map[string]*answer) *service {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "answers"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if err := gob.NewEncoder(file).Encode(answers); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), bareVariable+"="+file.Name())
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	s := start(b, cmd, os.Kill)
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	s.url = "http://" + strings.TrimSpace(addr)
	return s
}

// serveBare gives the answers of a file, on an address that it prints, until it is
// killed.
func serveBare(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	var answers map[string]*answer
	if err := gob.NewDecoder(file).Decode(&answers); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := answers[r.Method+" "+r.RequestURI]
		if a == nil {
			http.NotFound(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		for name, values := range a.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(a.Status)
		_, _ = w.Write(a.Body)
	}))
}

// ticksPerSecond is the unit in which Linux tells programs the use of the CPU.
const ticksPerSecond = 100

// cpu returns what of the CPU the process has used.
func (s *service) cpu(b *testing.B) time.Duration {
	b.Helper()
	fields := strings.Fields(s.proc(b, "stat"))
	var ticks int64
	for _, field := range fields[13:15] { // utime and stime, see proc(5)
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond
}

// peak returns the most bytes of memory that the process has had since
// forgetMemory.
func (s *service) peak(b *testing.B) int64 { return s.memory(b, "VmHWM:") }

// memory returns bytes of memory by their name in proc(5).
func (s *service) memory(b *testing.B, name string) int64 {
	b.Helper()
	_, rest, _ := strings.Cut(s.proc(b, "status"), name)
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		b.Fatal(err)
	}
	return kilobytes << 10
}

// forgetMemory begins anew to find the most memory that the process has.
func (s *service) forgetMemory(b *testing.B) {
	b.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.pid), []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

func (s *service) proc(b *testing.B, file string) string {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.pid, file))
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}
