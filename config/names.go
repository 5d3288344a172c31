package config

import "reflect"

// clientKeyName is the setting of [Config.ClientKeys].
const clientKeyName = "OKTA_OAUTH2_CLIENT_KEY"

// Names returns the name of every setting, in the order of [Config], without the _FILE twins.
func Names() []string {
	var names []string
	for field := range configFields() {
		names = append(names, field.Tag.Get("env"))
	}
	return names
}

// configFields yields the fields of Config that are settings.
func configFields() func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
			if field.Tag.Get("env") != "-" && !yield(field) {
				return
			}
		}
	}
}

// nameOf returns the setting that fills the field of Config.
func nameOf(field string) string {
	f, _ := reflect.TypeFor[Config]().FieldByName(field)
	return f.Tag.Get("env")
}
