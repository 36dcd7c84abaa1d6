using System.Diagnostics;
using System.Text;
using TriggerConsole.Core.Identity.QrCodes;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Identity.QrCodes;

public sealed class QrCodeTests
{
    // Bytes that a version holds at level M (ISO/IEC 18004, table 7)
    [Theory]
    [InlineData(14, 1)]
    [InlineData(15, 2)]
    [InlineData(26, 2)]
    [InlineData(42, 3)]
    [InlineData(62, 4)]
    [InlineData(84, 5)]
    [InlineData(106, 6)]
    [InlineData(122, 7)]
    [InlineData(152, 8)]
    [InlineData(180, 9)]
    [InlineData(181, 10)]
    [InlineData(213, 10)]
    public void Of_TextOfThisLength_IsReadBackFromTheSmallestVersion(int length, int version)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + i * 37 % 90)));

        var code = QrCode.Of(text);

        Assert.Equal(17 + 4 * version, code.Size);
        Assert.Equal(text, QrReader.Read(code));
    }

    [Fact]
    public void Of_LettersBeyondAscii_AreReadBack() => Assert.Equal("Größe 🐎 日本", QrReader.Read(QrCode.Of("Größe 🐎 日本")));

    [Fact]
    public void Of_TooLong_IsRefused() => Assert.Throws<ArgumentException>(() => QrCode.Of(new string('x', 214)));

    [Fact]
    public async Task Of_KeyOfAnApp_IsReadByAnotherProgram()
    {
        const string text = "otpauth://totp/TriggerConsole:anna%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=TriggerConsole";
        var reader = Needs.Find("zbarimg");
        Needs.Program(reader, "zbarimg", "zbar-tools");
        var file = Path.Combine(Directory.CreateTempSubdirectory("tc-qr-").FullName, "code.pgm");
        await File.WriteAllTextAsync(file, Picture(QrCode.Of(text)));
        using var process = Process.Start(new ProcessStartInfo(reader!, ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

        var read = await process.StandardOutput.ReadToEndAsync();

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        Assert.Equal(text, read.Trim());
    }

    private static string Picture(QrCode code)
    {
        const int quiet = 4, scale = 4;
        var side = (code.Size + 2 * quiet) * scale;
        var text = new StringBuilder($"P2\n{side} {side}\n1\n");
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var (row, column) = (y / scale - quiet, x / scale - quiet);
                var isDark = row >= 0 && column >= 0 && row < code.Size && column < code.Size && code[row, column];
                text.Append(isDark ? "0 " : "1 ");
            }
            text.Append('\n');
        }
        return text.ToString();
    }
}
