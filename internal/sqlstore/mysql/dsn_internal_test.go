package mysql

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
)

func TestParse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from file\nsecond line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	local := []address{{"tcp", "127.0.0.1:3306"}}
	for _, test := range []struct {
		dsn   string
		want  target
		where string
	}{
		{"mysql://u:p@127.0.0.1:3306/clusto", target{user: "u", password: "p", hosts: local, database: "clusto"}, "mysql://u@127.0.0.1:3306/clusto"},
		{"mysql+mysqldb://u:p@127.0.0.1/clusto?charset=utf8", target{user: "u", password: "p", hosts: local, database: "clusto"}, "mysql+mysqldb://u@127.0.0.1:3306/clusto"},
		{"mariadb:///clusto", target{hosts: local, database: "clusto"}, "mariadb://127.0.0.1:3306/clusto"},
		{"mysql+pymysql://a%40b:p%3A%2f%25@h/clusto", target{user: "a@b", password: "p:/%", hosts: []address{{"tcp", "h:3306"}}, database: "clusto"}, "mysql+pymysql://a@b@h:3306/clusto"},
		{"mysql://u:p@x@h1:3307,h2,[::1]:3308/clusto", target{user: "u", password: "p@x", hosts: []address{{"tcp", "h1:3307"}, {"tcp", "h2:3306"}, {"tcp", "[::1]:3308"}}, database: "clusto"}, "mysql://u@h1:3307,h2:3306,[::1]:3308/clusto"},
		{"mysql://u@/clusto?unix_socket=/run/my.sock&connect_timeout=1.5&read_timeout=3&write_timeout=4", target{user: "u", hosts: []address{{"unix", "/run/my.sock"}}, database: "clusto", connect: 1500 * time.Millisecond, read: 3 * time.Second, write: 4 * time.Second}, "mysql://u@/clusto?unix_socket=/run/my.sock"},
		{"mysql://u@h/clusto?password_file=" + file, target{user: "u", password: "from file", hosts: []address{{"tcp", "h:3306"}}, database: "clusto"}, "mysql://u@h:3306/clusto"},
		{"mysql://u@h/clusto?ssl_ca=a&ssl_cert=b&ssl_key=c&ssl_mode=VERIFY_IDENTITY", target{user: "u", hosts: []address{{"tcp", "h:3306"}}, database: "clusto", tls: tlsParameters{mode: tlsVerifyIdentity, ca: "a", cert: "b", key: "c"}}, "mysql://u@h:3306/clusto"},
	} {
		got, err := parse(test.dsn)
		if err != nil {
			t.Errorf("%s: %v", test.dsn, err)
			continue
		}
		if where := got.where(); where != test.where {
			t.Errorf("%s: where %s, want %s", test.dsn, where, test.where)
		}
		test.want.scheme, _, _ = strings.Cut(test.dsn, "://")
		if test.want.connect == 0 {
			test.want.connect = connectTimeout
		}
		if diff := cmp.Diff(got, test.want, cmp.AllowUnexported(target{}, address{}, tlsParameters{})); diff != "" {
			t.Errorf("%s (-got +want):\n%s", test.dsn, diff)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, dsn := range []string{
		"postgresql://u:secret@h/clusto",
		"mysql:/u:secret@h/clusto",
		"mysql://u:secret@h",
		"mysql://u:secret@h/",
		"mysql://u:secret@h/a/b",
		"mysql://u:secret%@h/clusto",
		"mysql://u:secret@h:port/clusto",
		"mysql://u:secret@h1,,h2/clusto",
		"mysql://u:secret/word@h/clusto",
		"mysql://u:12/secret@h",
		"mysql://u:secret?word/x@h/clusto",
		"mysql://u:secret/x?y@h/clusto",
		"mysql://u:12/x?secret@h/clusto",
		"mysql://u:secret@h/clusto?unknown=1",
		"mysql://u:secret@h/clusto?ssl_mode=perhaps",
		"mysql://u:secret@h/clusto?read_timeout=soon",
		"mysql://u:secret@h/clusto?password_file=/nonexistent",
		"mysql://u:secret@h/clusto?a=%zz",
	} {
		_, err := parse(dsn)
		if !errors.Is(err, clusto.ErrInvalid) || clusto.Hint(err) == "" || strings.Contains(err.Error()+clusto.Hint(err), "secret") {
			t.Errorf("%s: %v (%s), want ErrInvalid with a hint and without the password", dsn, err, clusto.Hint(err))
		}
	}
	for _, dsn := range []string{"mysql://h/d?ssl_ca=/nonexistent", "mysql://h/d?ssl_cert=/nonexistent"} {
		if _, err := newDialect(dsn, Options{}); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", dsn, err)
		}
	}
}

func TestVersions(t *testing.T) {
	for version, want := range map[string]error{
		"10.11.19-MariaDB-0+deb12u1": nil, "10.6.0-MariaDB": nil, "11.4.2-MariaDB-log": nil, "5.5.5-10.6.18-MariaDB": nil,
		"10.5.23-MariaDB": clusto.ErrUnsupported, "5.5.68-MariaDB": clusto.ErrUnsupported,
		"8.0.19": nil, "8.4.3-commercial": nil, "9.1.0": nil, "8.0.18": clusto.ErrUnsupported, "5.7.44-log": clusto.ErrUnsupported,
	} {
		if err := checkVersion(version, strings.Contains(version, "MariaDB")); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", version, err, want)
		}
	}
}
