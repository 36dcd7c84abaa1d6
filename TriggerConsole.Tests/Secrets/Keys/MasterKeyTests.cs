using System.Security.Cryptography;
using System.Text;
using TriggerConsole.Core.Secrets.Keys;
using Xunit;

namespace TriggerConsole.Tests.Secrets.Keys;

public sealed class MasterKeyTests
{
    [Fact]
    public void Unwrap_OfItsOwn_GivesBackWhatWasWrapped()
    {
        var key = MasterKey.Create();
        var wrapped = key.Wrap("plain"u8);

        Assert.Equal("plain", Encoding.UTF8.GetString(MasterKey.Parse(key.Export())!.Unwrap(wrapped)));
        Assert.Equal(key.Id, MasterKey.IdOf(wrapped));
        Assert.NotEqual(wrapped, key.Wrap("plain"u8)); // another nonce
        Assert.DoesNotContain(key.Id, Convert.ToHexStringLower(Convert.FromBase64String(key.Export())), StringComparison.Ordinal);
    }

    [Fact]
    public void Unwrap_ChangedOrOfAnotherKey_IsRefused()
    {
        var (key, other) = (MasterKey.Create(), MasterKey.Create());
        var wrapped = key.Wrap("plain"u8);
        var last = wrapped[^3] == 'A' ? 'B' : 'A';

        Assert.Throws<AuthenticationTagMismatchException>(() => key.Unwrap(wrapped[..^3] + last + wrapped[^2..]));
        Assert.Throws<CryptographicException>(() => other.Unwrap(wrapped));
        // Under the name of the other key
        Assert.Throws<AuthenticationTagMismatchException>(() => other.Unwrap(wrapped.Replace(key.Id, other.Id, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 at all, but long enough to be one")]
    [InlineData("c2hvcnQ=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Parse_NoKey_IsNull(string text) => Assert.Null(MasterKey.Parse(text));
}
