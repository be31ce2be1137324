#!/bin/sh
# Makes the simulator's sample videos, for each aspect ratio: a clip of 5 s, the same clip with a
# watermark (a pale bar in the lower right corner), and the first and last frame as JPEG.
# Needs ffmpeg with libx264 (made with 5.1). Run it in this folder: sh make.sh
set -eu

exact='-map_metadata -1 -fflags +bitexact -flags:v +bitexact'

encode() { # source filter target
	ffmpeg -v error -y -f lavfi -i "$1" -vf "$2" -frames:v 60 \
		-c:v libx264 -preset veryslow -crf 20 -pix_fmt yuv420p -g 24 -threads 1 \
		-movflags +faststart $exact "$3"
}

make_video() { # ratio width height seed colour colour colour
	gradient="gradients=size=$2x$3:rate=12:duration=5:nb_colors=3:c0=$5:c1=$6:c2=$7:seed=$4:speed=0.015"
	encode "$gradient" null "$1.mp4"
	encode "$gradient" 'drawbox=x=iw-58:y=ih-24:w=46:h=12:color=white@0.6:t=fill' "$1.watermarked.mp4"
	ffmpeg -v error -y -i "$1.mp4" -frames:v 1 -q:v 4 $exact "$1.thumbnail.jpg"
	ffmpeg -v error -y -i "$1.mp4" -vf 'select=eq(n\,59)' -frames:v 1 -q:v 4 $exact "$1.last_frame.jpg"
}

make_video 9x16 180 320 11 0x1B2A49 0xF26B5E 0xF9C784
make_video 3x4 240 320 12 0x14453D 0x7FB685 0xF2E8CF
make_video 1x1 320 320 13 0x2D1E4F 0xB65FCF 0xFFC6A5
make_video 4x3 320 240 14 0x0B3954 0x087E8B 0xBFD7EA
make_video 16x9 320 180 15 0x23395B 0xE07A5F 0xF4D58D
make_video 21x9 336 144 16 0x3A0CA3 0x4CC9F0 0xF7B2D9
