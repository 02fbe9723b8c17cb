; SPDX-License-Identifier: GPL-3.0-or-later
;
; plug-in-restorator-batch for a folder and a pattern, without names for the arguments; what became
; of the files is told at the end. It returns nothing; the menu's entry, whose dialog is in the user's
; language, is plug-in-restorator-batch itself: what scripts of this folder ask, GIMP cannot
; translate by any catalogue but its own.

; The folder's own name is no pattern.
(define (restorator-batch-escape characters)
  (cond ((null? characters) '())
        ((memv (car characters) '(#\* #\? #\[ #\\))
         (cons #\\ (cons (car characters) (restorator-batch-escape (cdr characters)))))
        (else (cons (car characters) (restorator-batch-escape (cdr characters))))))

; Without a folder the pattern would stand for files of the root folder.
(define (restorator-batch-files folder pattern)
  (if (string=? folder "")
      ""
      (string-append (list->string (restorator-batch-escape (string->list folder)))
                     "/" pattern)))

(define (restorator-batch-reasons strings)
  (if (null? strings)
      ""
      (string-append "\n" (car strings) (restorator-batch-reasons (cdr strings)))))

(define (script-fu-restorator-batch folder pattern output-folder format model preset mode mask
                                    region seed overwrite)
  (let* ((result
          (plug-in-restorator-batch
           #:input (restorator-batch-files folder pattern)
           #:output-folder output-folder
           #:format (list-ref '("png" "tiff" "jpeg" "xcf") format)
           #:model model
           #:preset preset
           #:mode (list-ref '("auto" "full" "colour" "detail") mode)
           #:mask mask
           #:region region
           #:seed (inexact->exact (round seed))
           ; What a toggle gives, and what a procedure takes, depend on the dialect. Numbers are
           ; taken by both.
           #:overwrite (if (or (eq? overwrite #t) (eqv? overwrite TRUE)) TRUE FALSE)))
         (reasons (list-ref result 3)))
    (gimp-message
     (string-append (number->string (list-ref result 0)) " restored, "
                    (number->string (list-ref result 1)) " skipped (there already), "
                    (number->string (list-ref result 2)) " failed"
                    (restorator-batch-reasons
                     (if (vector? reasons) (vector->list reasons) reasons))))))

(script-fu-register
 "script-fu-restorator-batch"
 "Restore _Many Files…"
 "Restore every picture of a folder with a small neural network. What is there already is skipped, so that a run that was stopped can be taken up again."
 "The Restorator developers"
 "The Restorator developers, GPL-3.0-or-later"
 "2026"
 ""
 SF-DIRNAME "_Folder" ""
 SF-STRING "F_iles in it, such as *.jpg" "*.jpg"
 SF-DIRNAME "_Output folder (another one)" ""
 SF-OPTION "Fo_rmat" '("PNG" "TIFF" "JPEG" "XCF")
 SF-STRING "_Model" "portrait"
 SF-STRING "_Preset (may be empty)" "auto"
 SF-OPTION "M_ode" '("automatic" "full" "colour" "detail")
 SF-FILENAME "Mas_k: white is restored (may be empty)" ""
 SF-STRING "Re_gion X,Y,WxH (may be empty)" ""
 SF-ADJUSTMENT "See_d" '(0 0 2147483647 1 10 0 1)
 SF-TOGGLE "Make files that are there _anew" FALSE)
