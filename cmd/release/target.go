package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// billTool makes bills of materials as CycloneDX. It is no part of the module.
const billTool = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// target is a system, by Go's names.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// folder is the name of the one folder in the archive, and the beginning of its name.
func (t target) folder(version string) string {
	return strings.Join([]string{product, version, t.os, t.arch}, "_")
}

// archiveName is that of a zip for Windows, of a tar for others.
func (t target) archiveName(version string) string {
	if t.os == "windows" {
		return t.folder(version) + ".zip"
	}
	return t.folder(version) + ".tar.gz"
}

// programName is the program's file.
func (t target) programName() string {
	if t.os == "windows" {
		return product + ".exe"
	}
	return product
}

// release makes the target's archive and bill, and returns the archive's size.
func (t target) release(ctx context.Context, version string, date time.Time, work string) (int64, error) {
	program := filepath.Join(work, t.os+"_"+t.arch, t.programName())
	if err := t.build(ctx, version, program); err != nil {
		return 0, fmt.Errorf("build the program: %w", err)
	}
	bill := filepath.Join(dist, t.folder(version)+".cdx.json")
	if err := say(exec.CommandContext(ctx, "go", "run", "-trimpath", billTool, "bin", "-json", "-noserial", "-notimestamp", "-std",
		"-version", version, "-output", bill, program)); err != nil {
		return 0, fmt.Errorf("make the bill of materials: %w", err)
	}
	licences, err := licencesOf(ctx, program)
	if err != nil {
		return 0, fmt.Errorf("collect the licences: %w", err)
	}
	files, err := handedOut(os.DirFS("."))
	if err != nil {
		return 0, err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return 0, err
	}
	files = append(files, file{t.programName(), content, true}, file{"THIRD-PARTY-LICENSES", licences, false})
	return pack(filepath.Join(dist, t.archiveName(version)), t.folder(version), files, date)
}

// flags are those of the Dockerfile: the image holds the same program.
func flags(version string) []string {
	return []string{"-trimpath", "-buildvcs=false", "-tags", "nomsgpack", "-ldflags", "-s -w -buildid= -X example.com/okta-gin/version.release=" + version}
}

func (t target) build(ctx context.Context, version, program string) error {
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build"}, flags(version)...), "-o", program, ".")...)
	// The oldest processors of each kind.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0")
	return say(cmd)
}

// say runs cmd; where it fails, the error has what it said.
func say(cmd *exec.Cmd) error {
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, output)
	}
	return nil
}
