import Foundation
import HydraNumerics
import Testing

@Suite struct MatrixTests {
  @Test func `Rows, columns and elements`() {
    var matrix = Matrix([[1, 2], [3, 4], [5, 6]])
    #expect(matrix.rows == 3 && matrix.columns == 2)
    #expect(matrix[2, 0] == 5 && matrix.row(1) == [3, 4] && matrix.column(1) == [2, 4, 6])
    matrix[2, 0] = 7
    #expect(matrix.values == [1, 2, 3, 4, 7, 6])
    #expect(matrix.transposed == Matrix([[1, 3, 7], [2, 4, 6]]))
    #expect(matrix.selecting(rows: [2, 0, 0]) == Matrix([[7, 6], [1, 2], [1, 2]]))
    #expect(matrix.selecting(columns: [1]) == Matrix([[2], [4], [6]]))
    #expect(Matrix.identity(2) == Matrix([[1, 0], [0, 1]]))
    #expect(Matrix([]).rows == 0 && Matrix([]).columns == 0)
    #expect(Matrix(rows: 0, columns: 3, repeating: 0).transposed.rows == 3)
  }

  @Test func `Codes missing values as null and refuses a wrong size`() throws {
    let data = try JSONEncoder().encode(Matrix([[1, .nan]]))
    let back = try JSONDecoder().decode(Matrix.self, from: data)
    #expect(back[0, 0] == 1 && back[0, 1].isNaN)
    for text in [
      #"{"rows":2,"columns":2,"values":[1]}"#, #"{"rows":-1,"columns":-1,"values":[1]}"#,
      #"{"rows":4611686018427387904,"columns":4,"values":[]}"#,
    ] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Matrix.self, from: Data(text.utf8)) }
    }
  }
}
