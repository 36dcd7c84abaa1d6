using System.Buffers;
using System.Net;
using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TriggerConsole.Core.Secrets;
using Xunit;

namespace TriggerConsole.Tests.Secrets;

public sealed class SecretMaskerTests
{
    private const string Odd = "p\"ä/ß+w=%&<é>'\\\u0001😀 z";

    [Fact]
    public void None_HandsBackWhatItGot()
    {
        var text = "nothing to hide"u8.ToArray();
        var scratch = new ArrayBufferWriter<byte>();

        var masked = SecretMasker.None.MaskBytes(text, text.Length, false, scratch);

        Assert.True(masked == text.AsSpan());
        Assert.Equal(0, scratch.WrittenCount);
        Assert.Same(SecretMasker.None, SecretMasker.For(["", ""]));
    }

    public static TheoryData<string, string> Dresses() => new()
    {
        { "plain", Odd },
        { "json", JsonEncodedText.Encode(Odd, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString() },
        { "json, all escaped", JsonEncodedText.Encode(Odd).ToString() },
        { "json, every character escaped", string.Concat(Odd.Select(c => $"\\u{(int)c:X4}")) },
        { "percent", Uri.EscapeDataString(Odd) },
        { "percent, lower case", Uri.EscapeDataString(Odd).ToLowerInvariant().Replace("%c3%a4", "%c3%a4", StringComparison.Ordinal) },
        { "percent, every byte", string.Concat(Encoding.UTF8.GetBytes(Odd).Select(b => $"%{b:x2}")) },
        { "form", WebUtility.UrlEncode(Odd) },
        { "xml", SecurityElement.Escape(Odd) },
        { "html", WebUtility.HtmlEncode(Odd) },
        { "html, hexadecimal", string.Concat(Odd.EnumerateRunes().Select(r => $"&#x{r.Value:x};")) },
    };

    [Theory]
    [MemberData(nameof(Dresses))]
    public void Mask_SecretInAnyDress_IsGone(string dress, string text)
        => Assert.Equal($"a{SecretMasker.Mask}b", dress.Length == 0 ? "" : SecretMasker.For([Odd]).MaskText($"a{text}b"));

    [Theory]
    [InlineData("")]
    [InlineData("u:")]
    [InlineData("us:")]
    [InlineData("user:")]
    public void Mask_SecretInsideBase64_LeavesNothingToDecode(string before)
    {
        const string Secret = "correct horse battery staple";
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + Secret + ":after"));

        var masked = SecretMasker.For([Secret]).MaskText($"Basic {encoded}");

        Assert.Contains(SecretMasker.Mask, masked, StringComparison.Ordinal);
        Assert.True(masked.Replace(SecretMasker.Mask, "", StringComparison.Ordinal).Length < "Basic ".Length + 24, masked);
    }

    [Fact]
    public void Mask_SecretThatLooksEscaped_IsFoundAsItIs()
    {
        foreach (var secret in new[] { "%25%25%25", "a%41b%", "\\u0041\\n", "&amp;&amp;", "100%+1", "%" + "%%%%" })
        {
            Assert.Equal($"<{SecretMasker.Mask}>", SecretMasker.For([secret]).MaskText($"<{secret}>"));
            Assert.Equal($"<{SecretMasker.Mask}>", SecretMasker.For([secret]).MaskText($"<{Uri.EscapeDataString(secret)}>"));
        }
    }

    [Fact]
    public void Mask_SeveralSecrets_TheLongestWins()
        => Assert.Equal($"{SecretMasker.Mask} and {SecretMasker.Mask}", SecretMasker.For(["token", "token-and-more"]).MaskText("token-and-more and token"));

    [Theory]
    [InlineData("no", "no note {\"x\":\"no\"} (no) nono", "•••••• note {\"x\":\"••••••\"} (••••••) nono")]
    [InlineData("7", "17 7 a7 7b =7&", "17 •••••• a7 7b =••••••&")]
    [InlineData("long", "longer along", "••••••er a••••••")]
    public void Mask_ShortSecrets_OnlyWhereTheyStandAlone(string secret, string text, string expected)
        => Assert.Equal(expected, SecretMasker.For([secret]).MaskText(text));

    [Fact]
    public void MaskBytes_SecretCrossesTheEdge_IsMaskedAsAWhole()
    {
        var masker = SecretMasker.For(["secret-value"]);
        for (var keep = 1; keep <= 30; keep++)
        {
            var text = Encoding.UTF8.GetBytes("0123456789secret-value0123456789");
            var masked = Encoding.UTF8.GetString(masker.MaskBytes(text, keep, false, new()));

            Assert.DoesNotContain("s", masked, StringComparison.Ordinal);
            Assert.StartsWith("0123456789"[..Math.Min(keep, 10)], masked, StringComparison.Ordinal);
        }
        Assert.True(masker.Overlap >= "secret-value".Length * 6);
    }

    [Fact]
    public void MaskBytes_TextBreaksOffInsideASecret_MasksItsBeginning()
    {
        var masker = SecretMasker.For(["secret-value"]);

        Assert.Equal("id=••••••", Encoding.UTF8.GetString(masker.MaskBytes("id=secret-v"u8, 100, endsEarly: true, new())));
        Assert.Equal("id=secret-v", Encoding.UTF8.GetString(masker.MaskBytes("id=secret-v"u8, 100, endsEarly: false, new())));
    }

    [Fact]
    public void Mask_RandomTexts_NeverLeaveTheSecretAndNeverTouchTheRest()
    {
        var random = new Random(4711);
        const string Alphabet = "ab%\\&+u041;\"";
        for (var round = 0; round < 2000; round++)
        {
            var secret = Next(random.Next(4, 9));
            var (before, after) = (Next(random.Next(0, 9)), Next(random.Next(0, 9)));

            var masked = SecretMasker.For([secret]).MaskText(before + "|" + secret + "|" + after);

            Assert.DoesNotContain("|" + secret + "|", masked, StringComparison.Ordinal);
            Assert.Contains("|" + SecretMasker.Mask + "|", masked, StringComparison.Ordinal);
        }

        string Next(int length) => new([.. Enumerable.Range(0, length).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
    }
}
