; SPDX-License-Identifier: GPL-3.0-or-later
;
; The demonstration inside GIMP, Script-Fu v3, run in the folder that holds the photo and gets the
; pictures (scripts/demo.bash). It writes to the file "result" what there is to tell, or nothing if an
; error ended it early.

; The microseconds since some moment.
(define (now)
  (let ((time (gettimeofday)))
    (+ (* 1000000 (car time)) (cadr time))))

(define (tell . words)
  (let ((port (open-output-file "result")))
    (for-each (lambda (word) (display word port) (newline port)) words)
    (close-output-port port)))

(define (whole number)
  (inexact->exact (round number)))

(define (save image name)
  (gimp-file-save RUN-NONINTERACTIVE image name))

; The photo as a viewer shows it, which cameras leave to a tag in the file.
(define (load-upright name)
  (let ((image (gimp-file-load RUN-NONINTERACTIVE name)))
    (gimp-image-policy-rotate image #f)
    image))

; The selection as a grey picture whose values are the coverage, 0...255: what alpha becomes when
; white is filled into an empty layer, taken as it is, since the coverage has no gamma. The image is
; converted before that, so that no conversion follows.
(define (save-selection image name)
  (gimp-image-convert-grayscale image)
  (if (not (= (gimp-image-get-precision image) PRECISION-U8-NON-LINEAR))
      (gimp-image-convert-precision image PRECISION-U8-NON-LINEAR))
  (let ((layer (gimp-layer-new image "coverage" (gimp-image-get-width image)
                               (gimp-image-get-height image) GRAYA-IMAGE 100 LAYER-MODE-NORMAL)))
    (gimp-image-insert-layer image layer 0 0)
    (gimp-context-set-foreground "white")
    (gimp-drawable-edit-fill layer FILL-FOREGROUND)
    (gimp-selection-none image)
    (gimp-drawable-merge-new-filter layer "gegl:component-extract" 0 LAYER-MODE-REPLACE 1.0
                                    "component" "alpha")
    (gimp-image-flatten image)
    (save image name)))

; Restores the ellipse in the box x, y, w, h; a width of 0 stands for the whole picture.
(define (demo photo x y w h)
  (let* ((image (load-upright photo))
         (width (gimp-image-get-width image))
         (height (gimp-image-get-height image))
         (feather (* 0.1 (min w h))))
    (if (not (= (gimp-image-get-base-type image) RGB))
        (gimp-image-convert-rgb image))
    (if (> (vector-length (gimp-image-get-layers image)) 1)
        (gimp-image-flatten image))
    (cond ((= w 0) (gimp-selection-all image))
          (else (gimp-image-select-ellipse image CHANNEL-OP-REPLACE x y w h)
                (gimp-selection-feather image feather)))
    (if (gimp-selection-is-empty image)
        (tell "outside" width height)
        (let ((layer (vector-ref (gimp-image-get-layers image) 0))
              (start 0)
              (end 0))
          (save image "before.png")
          (set! start (now))
          (plug-in-restorator #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector layer)
                              #:preset "photo")
          (set! end (now))
          (save image "after.png")
          (save-selection image "selection.png")
          (tell "done" width height (whole x) (whole y) (whole w) (whole h) (whole feather)
                (- end start) (gimp-version))))
    (gimp-image-delete image)))
