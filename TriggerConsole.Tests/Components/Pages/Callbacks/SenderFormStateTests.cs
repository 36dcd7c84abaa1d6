using System.Text.Json;
using TriggerConsole.Components.Pages.Callbacks;
using TriggerConsole.Core.Callbacks.Verification;
using TriggerConsole.Core.Secrets;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Callbacks;

public sealed class SenderFormStateTests
{
    [Theory]
    [InlineData("github", "X-Hub-Signature-256")]
    [InlineData("stripe", "Stripe-Signature")]
    [InlineData("slack", "X-Slack-Signature")]
    [InlineData("shopify", "X-Shopify-Hmac-Sha256")]
    public void KnownSender_SavedAndReadAgain_IsTheSameChoice(string choice, string header)
    {
        var state = new SenderFormState { Choice = choice };
        state.Secret.Text = "shared";
        var saved = state.ToVerification();

        Assert.Equal((VerificationKind.Hmac, header, "shared"), (saved.Kind, saved.Signature!.Header, saved.Secret));
        var again = SenderFormState.Of(SecretFields.ToPublicJson(saved), ["10.0.0.0/8"]);
        Assert.Equal((choice, true, "10.0.0.0/8"), (again.Choice, again.Secret.IsKept, again.Networks));
        Assert.Null(again.ToVerification().Secret); // what is stored stays
    }

    [Fact]
    public void OtherSignature_SavedAndReadAgain_KeepsWhatTheFormDoesNotShow()
    {
        var rule = SignatureRule.Stripe with { Header = "X-Shop", Algorithm = SignatureAlgorithm.Sha512 };
        var shown = SecretFields.ToPublicJson(new CallbackVerification { Kind = VerificationKind.Hmac, Secret = "x", Signature = rule });

        var state = SenderFormState.Of(shown, []);

        Assert.Equal(SenderFormState.Other, state.Choice);
        Assert.Equal(rule, state.ToVerification().Signature);
        Assert.Equal("Signature in X-Shop", SenderFormState.InWords(shown));
    }

    [Fact]
    public void Snapshot_ReplaceAStoredSecret_CountsAsAChangeBeforeAnythingIsTyped()
    {
        var state = SenderFormState.Of(SecretFields.ToPublicJson(new CallbackVerification { Kind = VerificationKind.StandardWebhooks, Secret = "x" }), []);
        var before = state.Snapshot();

        state.Secret.IsReplaced = true;

        Assert.NotEqual(before, state.Snapshot());
    }

    [Fact]
    public void Networks_LinesAndCommas_AreTakenApart()
        => Assert.Equal(["10.0.0.0/8", "::1", "192.0.2.1"], new SenderFormState { Networks = " 10.0.0.0/8 \n\n::1, 192.0.2.1" }.ToNetworks());

    [Fact]
    public void Tolerance_NoNumber_IsLeftToTheCommandToRefuse()
        => Assert.Equal(-1, new SenderFormState { Choice = SenderFormState.Standard, Tolerance = "soon" }.ToVerification().ToleranceSeconds);

    [Fact]
    public void Of_Token_IsTheDefault() => Assert.Equal(SenderFormState.Token, SenderFormState.Of(JsonSerializer.SerializeToElement(new { kind = "token" }), []).Choice);
}
