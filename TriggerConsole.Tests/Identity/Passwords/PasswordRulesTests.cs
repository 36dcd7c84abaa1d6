using TriggerConsole.Core.Identity.Passwords;
using Xunit;

namespace TriggerConsole.Tests.Identity.Passwords;

public sealed class PasswordRulesTests
{
    private const string Email = "anna.schmidt@example.com";

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("a much longer sentence")]
    [InlineData("Ein Pferd frisst keinen Gurkensalat")]
    [InlineData("7$kQ!2m9Zr")]
    [InlineData("馬は野菜のサラダを食べない")]
    [InlineData("🐎🔋📎🌵🎈🧩🪁🚲🥕🎻")]
    [InlineData("3141592653589793238462643")]
    [InlineData("password manager made me type this")]
    public void Key_OfAGoodOne_IsNone(string password) => Assert.Null(PasswordRules.KeyOf(password, Email, "Anna Schmidt"));

    [Theory]
    [InlineData("", "none")]
    [InlineData("short one", "short")]
    [InlineData("🐎🔋📎🌵🎈🧩🪁🚲🥕", "short")] // nine characters, although eighteen of UTF-16
    [InlineData("aabbaabbaabb", "few")]
    [InlineData("my triggerconsole login", "product")]
    [InlineData("Trigger Console rocks", "product")]
    [InlineData("schmidt hat ein haus", "name")]
    [InlineData("hello ANNA how are you", "name")]
    public void Key_OfABadOne_SaysWhy(string password, string key) => Assert.Equal(key, PasswordRules.KeyOf(password, Email, "Anna Schmidt"));

    [Theory]
    [InlineData("password123")]
    [InlineData("P4ssw0rd2026!")]
    [InlineData("Passw0rd!!!!")]
    [InlineData("welcome1234")]
    [InlineData("AdminAdmin123")]
    [InlineData("letmein-please")]
    [InlineData("iloveyou2024")]
    [InlineData("qwertyuiop")]
    [InlineData("qwertz123456")]
    [InlineData("1q2w3e4r5t")]
    [InlineData("1234567890ab")]
    [InlineData("0987654321")]
    [InlineData("abcdefghijkl")]
    [InlineData("xyz1xyz1xyz1")]
    [InlineData("Sommer2026!!")]
    [InlineData("2026-11-22 03:04")]
    [InlineData("changeme2026")]
    [InlineData("ADMINISTRATOR1")]
    public void Key_OfWhatIsTriedFirst_IsCommon(string password) => Assert.Equal("common", PasswordRules.KeyOf(password, Email));

    [Fact]
    public void Key_LongestAllowed_IsNone()
    {
        var words = string.Join(' ', Enumerable.Range(0, 100).Select(i => $"gurke{i:x}"));
        Assert.Null(PasswordRules.KeyOf(words[..256], Email));
        Assert.Equal("long", PasswordRules.KeyOf(words[..257], Email));
    }

    [Fact]
    public void Words_OfEachKey_LeadBackToIt()
    {
        foreach (var key in (string[])["none", "long", "short", "few", "product", "name", "common", "same"]) Assert.Equal(key, PasswordRules.KeyOfWords(PasswordRules.WordsOf(key)!));
        Assert.Null(PasswordRules.WordsOf("<script>"));
    }
}
