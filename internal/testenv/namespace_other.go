//go:build !linux

package testenv

import "errors"

func mayMakeNamespaces() error { return errors.ErrUnsupported }
