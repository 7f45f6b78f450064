package emulator

import (
	"reflect"
	"unsafe"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Fork is a second emulator with the same users, runs, messages and time,
// which goes its own way from here: a test keeps one to come back to. It is not
// started, and knows nothing of earlier requests, faults, and webhooks on their
// way.
func (e *Emulator) Fork() *Emulator {
	e.enter()
	defer e.mu.Unlock()
	c := copier{}
	return newEmulator(e.opts, c.of(reflect.ValueOf(&e.state).Elem()).Interface().(state))
}

// copier copies values with all that they point to, each target once, so that
// what pointed to the same still does.
type copier map[unsafe.Pointer]reflect.Value

var schemaType = reflect.TypeFor[*jsonschema.Schema]()

func (c copier) of(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || v.Type() == schemaType { // a compiled schema never changes
			return v
		}
		if known, ok := c[v.UnsafePointer()]; ok && known.Type() == v.Type() {
			return known
		}
		target := reflect.New(v.Type().Elem())
		c[v.UnsafePointer()] = target
		target.Elem().Set(c.of(v.Elem()))
		return target
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		held := reflect.New(v.Elem().Type()).Elem() // what an interface holds has no address
		held.Set(v.Elem())
		out.Set(c.of(held))
	case reflect.Struct:
		out.Set(v)
		for i := range v.NumField() {
			from, to := v.Field(i), out.Field(i)
			to = reflect.NewAt(to.Type(), unsafe.Pointer(to.UnsafeAddr())).Elem() // unexported fields too
			from = reflect.NewAt(from.Type(), unsafe.Pointer(from.UnsafeAddr())).Elem()
			to.Set(c.of(from))
		}
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		if !holdsPointers(v.Type().Elem()) {
			reflect.Copy(out, v)
			break
		}
		for i := range v.Len() {
			out.Index(i).Set(c.of(v.Index(i)))
		}
	case reflect.Array:
		out.Set(v)
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for key, value := range v.Seq2() {
			out.SetMapIndex(c.of(addressable(key)), c.of(addressable(value)))
		}
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		panic("emulator: " + v.Type().String() + " cannot be copied")
	default:
		return v
	}
	return out
}

func addressable(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	return out
}

func holdsPointers(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map, reflect.Struct:
		return true
	}
	return false
}
