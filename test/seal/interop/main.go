// Reads a sealed log with Go's own packages for notes and transparency logs, and holds every leaf, tile, root and proof.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
	return value
}

func hold(ok bool, what string, args ...any) {
	if !ok {
		must(0, fmt.Errorf(what, args...))
	}
}

// files reads tiles of 256 hashes where C2SP tlog-tiles puts them.
type files struct{ folder string }

func (f files) Height() int { return 8 }

func (f files) path(level string, n int64, width int) string {
	name := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		name = fmt.Sprintf("x%03d/%s", n%1000, name)
	}
	if width < 256 {
		name += ".p/" + strconv.Itoa(width)
	}
	return filepath.Join(f.folder, "tile", level, name)
}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for at, tile := range tiles {
		bytes, err := os.ReadFile(f.path(strconv.Itoa(tile.L), tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		read[at] = bytes
	}
	return read, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f files) leaves(n int64, width int) [][]byte {
	bundle := must(os.ReadFile(f.path("entries", n, width)))
	var leaves [][]byte
	for len(bundle) > 0 {
		length := int(binary.BigEndian.Uint16(bundle))
		leaves = append(leaves, bundle[2:2+length])
		bundle = bundle[2+length:]
	}
	hold(len(leaves) == width, "bundle %d has %d of %d leaves", n, len(leaves), width)
	return leaves
}

func main() {
	folder, vkey := os.Args[1], os.Args[2]
	verifier := must(note.NewVerifier(vkey))
	signed := must(note.Open(must(os.ReadFile(filepath.Join(folder, "checkpoint"))), note.VerifierList(verifier)))
	lines := strings.Split(signed.Text, "\n")
	hold(lines[0] == verifier.Name(), "the origin is not the name of the key")
	size := must(strconv.ParseInt(lines[1], 10, 64))
	var root tlog.Hash
	copy(root[:], must(base64.StdEncoding.DecodeString(lines[2])))
	logFiles := files{folder}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, logFiles)
	hold(must(tlog.TreeHash(size, reader)) == root, "the tiles make another root")
	for n := int64(0); n*256 < size; n++ {
		width := int(min(256, size-n*256))
		indexes := make([]int64, width)
		for at := range indexes {
			indexes[at] = tlog.StoredHashIndex(0, n*256+int64(at))
		}
		hashes := must(reader.ReadHashes(indexes))
		for at, leaf := range logFiles.leaves(n, width) {
			hold(hashes[at] == tlog.RecordHash(leaf), "leaf %d has another hash", n*256+int64(at))
		}
	}
	proofs := 0
	for index := int64(0); index < size; index += 997 {
		leaf := logFiles.leaves(index/256, int(min(256, size-index/256*256)))[index%256]
		proof := must(tlog.ProveRecord(size, index, reader))
		must(0, tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(leaf)))
		old := index + 1
		tree := must(tlog.ProveTree(size, old, reader))
		must(0, tlog.CheckTree(tree, size, root, old, must(tlog.TreeHash(old, reader))))
		proofs += 2
	}
	fmt.Printf("%d leaves, %d proofs, checkpoint of %s: as golang.org/x/mod has them\n", size, proofs, verifier.Name())
}
