package rackfactory_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clusto/clusto/rackfactory"
)

func TestBroken(t *testing.T) {
	t.Parallel()
	library := fstest.MapFS{
		"good.yaml":  {Data: []byte("rack: apcrack\n")},
		"key.yaml":   {Data: []byte("rack: apcrack\nsevers: []\n")},
		"tab.yaml":   {Data: []byte("rack: apcrack\ndevices: [\n")},
		"notes.text": {Data: []byte("no layout")},
	}
	layouts, err := rackfactory.New(rackfactory.Options{Library: library})
	if layouts == nil {
		t.Fatal(err)
	}
	broken, err := layouts.Broken()
	if err != nil || len(broken) != 2 {
		t.Fatalf("got %+v, %v", broken, err)
	}
	if b := broken[0]; b.File != "key.yaml" || b.Line != 2 || b.InForce || !strings.Contains(b.Err.Error(), "severs") {
		t.Errorf("got %+v", b)
	}
	if b := broken[1]; b.File != "tab.yaml" || b.Line == 0 {
		t.Errorf("got %+v", b)
	}
	library["good.yaml"] = &fstest.MapFile{Data: []byte("rack: 5\nx: y\n")}
	if broken, err = layouts.Broken(); err != nil || len(broken) != 3 || broken[0].File != "good.yaml" || !broken[0].InForce {
		t.Errorf("got %+v, %v", broken, err)
	}
}
