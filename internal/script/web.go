package script

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.starlark.net/lib/json"
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// maxBody is how much of an answer a script is given; a larger one is an error.
const maxBody = 10 << 20

// httpCall is http.get(url, headers={}, timeout=10) and http.post(url, body=”, …). The
// answer has status, text, headers and json(). A status that tells of an error is no
// exception.
func httpCall(method string) builtinFunc {
	return func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var url, body string
		var headers *starlark.Dict
		var seconds starlark.Value
		spec := []any{"url", &url, "headers?", &headers, "timeout?", &seconds}
		if method == http.MethodPost {
			spec = []any{"url", &url, "body?", &body, "headers?", &headers, "timeout?", &seconds}
		}
		if err := starlark.UnpackArgs(b.Name(), args, kwargs, spec...); err != nil {
			return nil, err
		}
		x := envOf(t)
		if !x.engine.opt.Network.HTTP {
			return nil, switchedOff("http")
		}
		timeout := httpTimeout
		if seconds != nil {
			f, ok := starlark.AsFloat(seconds)
			if !ok || f <= 0 || f > 3600 {
				return nil, raise(classValueError, "timeout must be a number of seconds, at most 3600")
			}
			timeout = time.Duration(f * float64(time.Second))
		}
		if err := x.actOutside("use http"); err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(x.ctx, timeout)
		defer cancel()
		v, err := x.request(ctx, method, url, body, headers)
		if err != nil && x.ctx.Err() != nil {
			return nil, x.ctx.Err()
		}
		if err != nil {
			return nil, raise(classIOError, fmt.Sprintf("%s %s: %v", method, url, err))
		}
		return v, nil
	}
}

func (x *env) request(ctx context.Context, method, url, body string, headers *starlark.Dict) (starlark.Value, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if headers != nil {
		for _, item := range headers.Items() {
			req.Header.Set(str(item[0]), str(item[1]))
		}
	}
	transport := &http.Transport{DialContext: x.dial, Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxBody {
		return nil, fmt.Errorf("the answer is larger than %d bytes", maxBody)
	}
	got := starlark.NewDict(len(resp.Header))
	for name := range resp.Header {
		if err := got.SetKey(starlark.String(name), starlark.String(resp.Header.Get(name))); err != nil {
			return nil, err
		}
	}
	return starlarkstruct.FromStringDict(starlark.String("response"), starlark.StringDict{
		"status":  starlark.MakeInt(resp.StatusCode),
		"text":    starlark.String(text),
		"headers": got,
		"json": starlark.NewBuiltin("json", func(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 0); err != nil {
				return nil, err
			}
			return starlark.Call(t, json.Module.Members["decode"], starlark.Tuple{starlark.String(text)}, nil)
		}),
	}), nil
}

// fromJSON returns a JSON text as lists and dicts, or as it is if it is none.
func fromJSON(t *starlark.Thread, text string) starlark.Value {
	v, err := starlark.Call(t, json.Module.Members["decode"], starlark.Tuple{starlark.String(text)}, nil)
	if err != nil {
		return starlark.String(text)
	}
	return v
}
