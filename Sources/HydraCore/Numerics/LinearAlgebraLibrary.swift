import CLAPACKE
import COpenBLAS

/// The one place that speaks to OpenBLAS and LAPACKE.
public enum LinearAlgebraLibrary {
  /// Name, version and build of the BLAS in use, and the processor that its kernels were chosen for.
  public static var version: String { String(cString: openblas_get_config()).trimmed }

  /// BLAS runs on one thread: parallelism lies above it, and a second layer of threads only gets in the way.
  static let isPrepared: Bool = {
    openblas_set_num_threads(1)
    return true
  }()

  /// LAPACKE's name for rows that are contiguous.
  static let rowMajor: Int32 = LAPACK_ROW_MAJOR

  /// A LAPACK dimension.
  static func int(_ value: Int) -> Int32 { Int32(value) }

  /// A LAPACK option letter.
  static func letter(_ character: Unicode.Scalar) -> CChar { CChar(character.value) }

  /// Leading dimensions must be positive even for empty matrices.
  static func leading(_ value: Int) -> Int32 { Int32(max(value, 1)) }
}

extension String {
  /// Without blanks at the end.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
