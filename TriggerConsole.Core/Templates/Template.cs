using System.Buffers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Templates;

/// <summary>A template compiled for one format. Immutable, made once per version of a trigger, safe to use from several threads.</summary>
public sealed class Template
{
    private Template() { }

    public string Source => throw new NotImplementedException();

    public TemplateFormat Format => throw new NotImplementedException();

    /// <summary>It has no placeholders: rendering always gives the same bytes.</summary>
    public bool IsConstant => throw new NotImplementedException();

    /// <summary>It is exactly <c>{original_payload}</c>: the payload goes through byte for byte.</summary>
    public bool IsPassthrough => throw new NotImplementedException();

    /// <summary>Names of the secrets it uses.</summary>
    public IReadOnlyCollection<string> SecretNames => throw new NotImplementedException();

    /// <summary>
    /// Compiles, or reports every fault under <paramref name="field"/> with line and column and returns null.
    /// </summary>
    public static Template? Compile(string source, TemplateFormat format, TemplateRules rules, FieldErrors errors, string field)
        => throw new NotImplementedException();

    /// <summary>Renders as UTF-8.</summary>
    /// <exception cref="TemplateException">The event lacks what the template needs, or a value would break the target.</exception>
    public void Render(TemplateScope scope, IBufferWriter<byte> output) => throw new NotImplementedException();

    /// <inheritdoc cref="Render"/>
    public string RenderText(TemplateScope scope) => throw new NotImplementedException();
}
