package script

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// maxPowerBits limits the size of powers: a larger one would take long and much memory.
const maxPowerBits = 100_000

// power is x ** y, and pow(x, y).
func power(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &y); err != nil {
		return nil, err
	}
	base, baseInt := x.(starlark.Int)
	exponent, exponentInt := y.(starlark.Int)
	if baseInt && exponentInt && exponent.Sign() >= 0 {
		n, ok := exponent.Int64()
		bits := int64(base.BigInt().BitLen())
		if !ok || bits > 1 && n > maxPowerBits/bits {
			return nil, raise(classValueError, "the power is too large")
		}
		return starlark.MakeBigInt(new(big.Int).Exp(base.BigInt(), exponent.BigInt(), nil)), nil
	}
	bf, okBase := starlark.AsFloat(x)
	ef, okExponent := starlark.AsFloat(y)
	if !okBase || !okExponent {
		return nil, raise(classTypeError, fmt.Sprintf("** wants two numbers, not %s and %s", x.Type(), y.Type()))
	}
	return starlark.Float(math.Pow(bf, ef)), nil
}

// divMod is divmod(x, y).
func divMod(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, y starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 2, &x, &y); err != nil {
		return nil, err
	}
	quotient, err := starlark.Binary(syntax.SLASHSLASH, x, y)
	if err != nil {
		return nil, err
	}
	rest, err := starlark.Binary(syntax.PERCENT, x, y)
	return starlark.Tuple{quotient, rest}, err
}

// round is round(x, digits): to an int without digits, half to even as in Python 3.
func round(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x starlark.Value
	var digits starlark.Value = starlark.None
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "x", &x, "digits?", &digits); err != nil {
		return nil, err
	}
	if n, ok := x.(starlark.Int); ok {
		return n, nil
	}
	f, ok := starlark.AsFloat(x)
	if !ok {
		return nil, raise(classTypeError, "round() wants a number, not "+x.Type())
	}
	if digits == starlark.None {
		return starlark.NumberToInt(starlark.Float(math.RoundToEven(f)))
	}
	n, err := starlark.AsInt32(digits)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > 300 {
		return nil, raise(classValueError, "round() wants 0 to 300 digits")
	}
	f, err = strconv.ParseFloat(strconv.FormatFloat(f, 'f', n, 64), 64)
	return starlark.Float(f), err
}
