package bench_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/testenv"
)

// The cores of who receives and who sends.
const (
	receiverCore = "0"
	senderCore   = "1"
)

// urgently starts a program before which others on the machine stand back, also
// where each session has its share of the processor.
const urgently = `{ echo -20 >/proc/self/autogroup; } 2>/dev/null; exec nice -n -15 "$@"`

// trapSite is where traps are sent: a network namespace whose loopback interface has
// the addresses of the switches and of the receiver.
type trapSite struct {
	namespace string
	dir       string
	sender    string // the program
	clusto    trapDaemon
	snmptrapd trapDaemon
}

// trapDaemon is a program that receives traps.
type trapDaemon struct {
	args []string
	// taken returns how many traps it has handled, after it has ended. log is
	// what it wrote to standard error.
	taken func(b *testing.B, log string) int
}

// newTrapSite makes the site, which is removed when the benchmark ends.
func newTrapSite(b *testing.B) *trapSite {
	b.Helper()
	if os.Getuid() != 0 || runtime.GOOS != "linux" || runtime.NumCPU() < 2 {
		b.Skip("this wants Linux, root and two cores")
	}
	testenv.Require(b, "ip", "taskset", "snmptrapd")
	s := &trapSite{namespace: fmt.Sprintf("clusto-traps-%d", os.Getpid()), dir: b.TempDir()}
	if text, err := exec.Command("ip", "netns", "add", s.namespace).CombinedOutput(); err != nil {
		b.Skipf("no network namespace can be made: %v: %s", err, text)
	}
	b.Cleanup(func() { run(b, "ip", "netns", "del", s.namespace) })
	run(b, "ip", "-n", s.namespace, "link", "set", "lo", "up")
	run(b, "ip", "-n", s.namespace, "addr", "add", trapReceiver.Addr().String()+"/32", "dev", "lo")
	for sw, addr := 0, firstSwitch; sw < *trapSwitchesFlag; sw, addr = sw+1, addr.Next() {
		run(b, "ip", "-n", s.namespace, "addr", "add", addr.String()+"/32", "dev", "lo")
	}
	s.sender = filepath.Join(s.dir, "sender")
	run(b, "go", "build", "-o", s.sender, "./snmp")
	s.clusto = s.newClusto(b)
	s.snmptrapd = s.newSNMPTrapd(b)
	return s
}

// newClusto returns "clusto snmptrapd" as it is installed, on a new database.
func (s *trapSite) newClusto(b *testing.B) trapDaemon {
	b.Helper()
	database := filepath.Join(s.dir, "clusto.db")
	makeTrapDatabase(b, database)
	conf := filepath.Join(s.dir, "clusto.conf")
	if err := os.WriteFile(conf, []byte("[clusto]\ndsn = sqlite:///"+database+"\n[snmptrapd]\ncommunities = public\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return trapDaemon{
		args: []string{buildClusto(b), "--config", conf, "snmptrapd", "--listen", trapReceiver.String()},
		taken: func(b *testing.B, log string) int {
			_, rest, _ := strings.Cut(log, " unchanged=")
			text, _, _ := strings.Cut(rest, " ")
			n, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				b.Fatalf("clusto snmptrapd did not say what it did:\n%s", log)
			}
			return n
		},
	}
}

// newSNMPTrapd returns snmptrapd, which writes a line for each trap, without MIBs,
// and does nothing else.
func (s *trapSite) newSNMPTrapd(b *testing.B) trapDaemon {
	b.Helper()
	conf, log := filepath.Join(s.dir, "snmptrapd.conf"), filepath.Join(s.dir, "snmptrapd.log")
	if err := os.WriteFile(conf, []byte("disableAuthorization yes\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	return trapDaemon{
		args: []string{"snmptrapd", "-f", "-n", "-On", "-m", "", "-C", "-c", conf, "-Lf", log, "-p", filepath.Join(s.dir, "pid"), "udp:" + trapReceiver.String()},
		taken: func(b *testing.B, _ string) int {
			text, err := os.ReadFile(log)
			if err != nil {
				b.Fatal(err)
			}
			if err := os.Remove(log); err != nil {
				b.Fatal(err)
			}
			return bytes.Count(text, []byte("9.9.215.2.0.1"))
		},
	}
}

// command returns a program on a core, in the namespace.
func (s *trapSite) command(core string, args ...string) *exec.Cmd {
	cmd := exec.Command("sh", append([]string{"-c", urgently, "sh", "taskset", "-c", core, "ip", "netns", "exec", s.namespace}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd
}

// measure starts a daemon, sends it traps, and ends it when it has read them all.
func (s *trapSite) measure(b *testing.B, d trapDaemon, rate float64) intake {
	b.Helper()
	var log bytes.Buffer
	cmd := s.command(receiverCore, d.args...)
	cmd.Stderr, cmd.WaitDelay = &log, 10*time.Second
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer cmd.Process.Kill()
	daemon := &service{pid: cmd.Process.Pid}
	until(b, "the daemon listens", func() bool { return len(daemon.sockets(b)) > 0 })
	before := daemon.cpu(b)
	sender := s.command(senderCore, s.sender, "-to", trapReceiver.String(), "-from", firstSwitch.String(),
		"-switches", strconv.Itoa(*trapSwitchesFlag), "-ports", strconv.Itoa(portsPerSwitch),
		"-rate", strconv.FormatFloat(rate, 'f', -1, 64), "-time", trapTurnFlag.String())
	text, err := sender.CombinedOutput()
	var in intake
	var refused int
	var seconds float64
	if _, scanErr := fmt.Sscanf(string(text), "sent %d refused %d seconds %g", &in.sent, &refused, &seconds); err != nil || scanErr != nil || refused > 0 {
		b.Fatalf("the sender: %v\n%s", err, text)
	}
	in.took = time.Duration(seconds * float64(time.Second))
	until(b, "the daemon has read all", func() bool { return daemon.sockets(b)[0].queued == 0 })
	idle(b, daemon)
	in.cpu, in.dropped = daemon.cpu(b)-before, daemon.sockets(b)[0].dropped
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	_ = cmd.Wait() // snmptrapd ends with an error
	in.taken = d.taken(b, log.String())
	return in
}

// idle waits until the daemon has nothing to do any more.
func idle(b *testing.B, s *service) {
	b.Helper()
	last := time.Duration(-1)
	until(b, "the daemon rests", func() bool {
		now := s.cpu(b)
		rests := now == last
		last = now
		time.Sleep(100 * time.Millisecond)
		return rests
	})
}

// until waits until something is so.
func until(b *testing.B, what string, so func() bool) {
	b.Helper()
	for giveUp := time.Now().Add(30 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(giveUp) {
			b.Fatalf("it did not happen that %s", what)
		}
	}
}

// udpSocket is what the kernel says of a socket.
type udpSocket struct{ queued, dropped int }

// sockets returns the sockets in the namespace of s that are bound to the port of the
// receiver. A process that is just being started is in none yet.
func (s *service) sockets(b *testing.B) (list []udpSocket) {
	b.Helper()
	port := fmt.Sprintf(":%04X", trapReceiver.Port())
	for line := range strings.Lines(s.proc(b, "net/udp")) {
		f := strings.Fields(line)
		if len(f) < 13 || !strings.HasSuffix(f[1], port) || !strings.HasSuffix(f[2], ":0000") {
			continue
		}
		_, queue, _ := strings.Cut(f[4], ":")
		queued, err := strconv.ParseInt(queue, 16, 64)
		if err != nil {
			b.Fatal(err)
		}
		dropped, err := strconv.Atoi(f[12])
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, udpSocket{int(queued), dropped})
	}
	return list
}

// run runs a program that has to succeed.
func run(b *testing.B, name string, args ...string) {
	b.Helper()
	if text, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, text)
	}
}
