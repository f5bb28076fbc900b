package cli

import (
	"slices"
	"testing"
)

func TestHidePassword(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"sqlite:////var/lib/clusto/clusto.db":               "sqlite:////var/lib/clusto/clusto.db",
		"clusto.db":                                         "clusto.db",
		"sqlite:///a:b@c":                                   "sqlite:///a:b@c",
		"mysql:/ann:s3cret@db/clusto":                       "mysql:/ann:***@db/clusto",
		"mysql://ann:/s3cret@db/clusto":                     "mysql://ann:***@db/clusto",
		"ann:s3cret@db/clusto":                              "ann:***@db/clusto",
		"postgresql://ann@db:5432/clusto":                   "postgresql://ann@db:5432/clusto",
		"postgresql://ann:s3cret@db:5432/clusto":            "postgresql://ann:***@db:5432/clusto",
		"mysql+pymysql://ann:s3cret@db/clusto":              "mysql+pymysql://ann:***@db/clusto",
		"mysql://ann:p@ss:w/rd@db/clusto":                   "mysql://ann:***@db/clusto",
		"mysql://:s3cret@db/clusto":                         "mysql://:***@db/clusto",
		"postgresql:///clusto?password=s3cret&sslmode=full": "postgresql:///clusto?password=***&sslmode=full",
		"postgresql:///clusto?host=a&SslPassword=s3cret":    "postgresql:///clusto?host=a&SslPassword=***",
	} {
		if got := hidePassword(dsn); got != want {
			t.Errorf("hidePassword(%q) = %q, want %q", dsn, got, want)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	got := warnings("warning: a is wrong:\n  here\nlevel=WARN msg=\"b\"\nwarning: c\n")
	want := []string{"a is wrong:\n  here\n", "level=WARN msg=\"b\"\n", "c\n"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
