package script

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/smtp"
	"strconv"
	"strings"
	"time"

	"go.starlark.net/starlark"
)

// mailServer is smtplib.SMTP: where mail is sent to. It connects for each mail, so
// there is nothing to leave open.
type mailServer struct {
	addr     string // host:port
	tls      bool   // starttls() was called
	user     string // login() was called, if not ""
	password string
}

// smtpClass is smtplib.SMTP(host, port=25). The host may have a port.
func smtpClass(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	host, port := "localhost", 25
	var timeout starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "host?", &host, "port?", &port, "timeout?", &timeout); err != nil {
		return nil, err
	}
	if !envOf(t).engine.opt.Network.SMTP {
		return nil, switchedOff("smtp")
	}
	m := &mailServer{addr: withPort(host, port)}
	done := func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		return starlark.None, nil
	}
	return functions("SMTP", map[string]builtinFunc{
		"sendmail": m.sendmail, "login": m.login, "starttls": m.starttls,
		"quit": done, "close": done, "ehlo": done, "helo": done, "set_debuglevel": done,
	}), nil
}

// withPort adds the port to a host that has none.
func withPort(host string, port int) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(port))
}

func (m *mailServer) login(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return starlark.None, starlark.UnpackArgs(b.Name(), args, kwargs, "user", &m.user, "password", &m.password)
}

func (m *mailServer) starttls(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	m.tls = true
	return starlark.None, starlark.UnpackArgs(b.Name(), args, kwargs)
}

// sendmail is sendmail(from_addr, to_addrs, msg), which returns the refused
// recipients, always none: one that is refused is an error.
func (m *mailServer) sendmail(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var from, msg string
	var to starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "from_addr", &from, "to_addrs", &to, "msg", &msg); err != nil {
		return nil, err
	}
	recipients, err := texts(to)
	if err != nil {
		return nil, err
	}
	if err := m.send(envOf(t), from, recipients, msg); err != nil {
		return nil, err
	}
	return starlark.NewDict(0), nil
}

// smtpSend is smtp.send(to, subject, body, sender, server='localhost').
func smtpSend(t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var to starlark.Value
	var subject, body, sender string
	server := "localhost"
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "to", &to, "subject", &subject, "body", &body, "sender", &sender, "server?", &server); err != nil {
		return nil, err
	}
	x := envOf(t)
	if !x.engine.opt.Network.SMTP {
		return nil, switchedOff("smtp")
	}
	recipients, err := texts(to)
	if err != nil {
		return nil, err
	}
	for _, header := range append([]string{sender, subject}, recipients...) {
		if strings.ContainsAny(header, "\r\n") {
			return nil, raise(classValueError, "a line break in a header of a mail: "+quote(header))
		}
	}
	msg := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\n\r\n%s", sender, strings.Join(recipients, ", "), subject, body)
	m := &mailServer{addr: withPort(server, 25)}
	return starlark.None, m.send(x, sender, recipients, msg)
}

// send delivers one mail.
func (m *mailServer) send(x *env, from string, to []string, msg string) error {
	for _, address := range append([]string{from}, to...) {
		if strings.ContainsAny(address, "\r\n") {
			return raise(classValueError, "a line break in an address of a mail: "+quote(address))
		}
	}
	if err := x.actOutside("send mail"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(x.ctx, mailTimeout)
	defer cancel()
	if err := m.deliver(ctx, x, from, to, msg); err != nil {
		if x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		return raise(classIOError, fmt.Sprintf("mail to %s through %s: %v", strings.Join(to, ", "), m.addr, err))
	}
	return nil
}

func (m *mailServer) deliver(ctx context.Context, x *env, from string, to []string, msg string) error {
	conn, err := x.dial(ctx, "tcp", m.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })() // ends every wait
	host, _, _ := net.SplitHostPort(m.addr)
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	if m.tls {
		if err := c.StartTLS(&tls.Config{ServerName: host}); err != nil {
			return err
		}
	}
	if m.user != "" {
		if err := c.Auth(smtp.PlainAuth("", m.user, m.password, host)); err != nil {
			return err
		}
	}
	if err := c.Mail(from); err != nil {
		return err
	}
	for _, recipient := range to {
		if err := c.Rcpt(recipient); err != nil {
			return err
		}
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(msg)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}
