package config

import "strings"

// twinSuffix ends the name of the variable that names a secret's file.
const twinSuffix = "_FILE"

// readTwin returns the value of name, or the content of the file that its _FILE twin names.
func readTwin(env map[string]string, name string) (string, error) {
	value := env[name]
	path := strings.TrimSpace(env[name+twinSuffix])
	if path == "" {
		return value, nil
	}
	if strings.TrimSpace(value) != "" {
		return "", invalid("is given twice: remove it or " + name + twinSuffix)
	}
	content, err := readSmallFile(path)
	if err != nil {
		return "", invalid("is in a file, named by " + name + twinSuffix + ", that cannot be read: " + err.Error())
	}
	if strings.TrimSpace(string(content)) == "" {
		return "", invalid("is in a file, named by " + name + twinSuffix + ", that is empty")
	}
	return string(content), nil
}

func twin(name string) string {
	if base, ok := strings.CutSuffix(name, twinSuffix); ok {
		return base
	}
	return name + twinSuffix
}
