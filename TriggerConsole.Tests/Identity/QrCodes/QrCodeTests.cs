using System.Security.Cryptography;
using System.Text;
using TriggerConsole.Core.Identity.QrCodes;
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

    // The modules of this code were read by another program (zbarimg 0.23); the reader above knows only what its author knows
    [Fact]
    public void Of_KeyOfAnApp_IsTheCodeThatAnotherProgramReads()
    {
        var code = QrCode.Of("otpauth://totp/TriggerConsole:anna%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=TriggerConsole");
        var modules = Enumerable.Range(0, code.Size * code.Size).Select(i => code[i / code.Size, i % code.Size] ? '1' : '0');

        Assert.StartsWith("bba00bcc7c65d3962e31f9f12beadf5893ba0791f", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes([.. modules]))), StringComparison.Ordinal);
    }
}
