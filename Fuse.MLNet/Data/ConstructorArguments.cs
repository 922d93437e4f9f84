using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace Fuse.MLNet;

/// <summary>Turns the arguments of a user's class's constructor into JSON and back.</summary>
internal static class ConstructorArguments
{
    private static readonly JsonSerializerOptions Json = new()
    {
        MaxDepth = 8,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes arguments as JSON.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="role">What the class is to the model, such as network.</param>
    /// <exception cref="ArgumentException">An argument is of a type that a file cannot hold.</exception>
    public static ValueList<string> ToJson(object?[] arguments, string role) => ValueList.Create<string>([.. arguments.Select(argument => ToJson(argument, role))]);

    private static string ToJson(object? argument, string role)
    {
        if (argument is not null && !IsPlain(argument.GetType()))
            throw new ArgumentException($"A {role}'s constructor argument of type {argument.GetType()} cannot be saved; " +
                "use numbers, Booleans, text, enums, and arrays or lists of those.", nameof(argument));
        string json = JsonSerializer.Serialize(argument, Json);
        // A real number keeps its point, so that it finds a constructor of real numbers again.
        return argument is float or double or decimal && json.All(letter => char.IsAsciiDigit(letter) || letter == '-') ? json + ".0" : json;
    }

    /// <summary>Finds the public constructor that takes the arguments, and converts them to its parameters.</summary>
    /// <param name="type">The class.</param>
    /// <param name="arguments">The arguments, as JSON.</param>
    /// <param name="role">What the class is to the model, such as network.</param>
    /// <param name="leading">The type of a first parameter that is not among the arguments, or null.</param>
    /// <exception cref="ArgumentException">No constructor takes them.</exception>
    public static (ConstructorInfo Constructor, object?[] Values) FindConstructor(Type type, ValueList<string> arguments, string role, Type? leading = null)
    {
        ConstructorInfo[] constructors = type.GetConstructors();
        ParameterInfo[] Free(ConstructorInfo constructor) => leading is null ? constructor.GetParameters() : constructor.GetParameters()[1..];
        foreach (ConstructorInfo constructor in constructors
            .Where(constructor => leading is null || constructor.GetParameters().FirstOrDefault()?.ParameterType == leading)
            .OrderByDescending(constructor => Exactness(Free(constructor), arguments)).ThenBy(constructor => Free(constructor).Length))
            if (TryConvert(Free(constructor), arguments, out object?[] values))
                return (constructor, values);
        string listed = constructors.Length == 0 ? "it has no public constructor"
            : $"its constructors are {string.Join("; ", constructors.Select(Describe))}{(leading is null ? "" : $", where the first parameter must be a {leading.Name}")}";
        throw MLNetErrors.Mark(new ArgumentException(
            $"The {role} class '{type.FullName}' cannot be built from the arguments ({string.Join(", ", arguments)}): {listed}."));
    }

    /// <summary>Makes an object of a class.</summary>
    /// <param name="type">The class.</param>
    /// <param name="arguments">The arguments, as JSON.</param>
    /// <param name="role">What the class is to the model, such as network.</param>
    /// <param name="leading">A first argument that is not JSON, or nothing.</param>
    /// <exception cref="InvalidOperationException">Its constructor failed.</exception>
    public static object Construct(Type type, ValueList<string> arguments, string role, params object[] leading)
    {
        (ConstructorInfo constructor, object?[] values) = FindConstructor(type, arguments, role, leading.FirstOrDefault()?.GetType());
        try
        {
            return constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. leading, .. values], null);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw MLNetErrors.Mark(new InvalidOperationException(
                $"The constructor of the {role} class '{type.FullName}' failed with the arguments ({string.Join(", ", arguments)}): {error.Message}", error));
        }
    }

    private static bool TryConvert(ParameterInfo[] parameters, ValueList<string> arguments, out object?[] values)
    {
        values = new object?[parameters.Length];
        if (arguments.Count > parameters.Length)
            return false;
        for (int i = 0; i < parameters.Length; i++)
        {
            if (i >= arguments.Count)
            {
                if (!parameters[i].HasDefaultValue)
                    return false;
                values[i] = parameters[i].DefaultValue;
                continue;
            }
            Type wanted = parameters[i].ParameterType;
            if (!IsPlain(wanted) || (arguments[i] == "null" && wanted.IsValueType && Nullable.GetUnderlyingType(wanted) is null))
                return false;
            try
            {
                values[i] = JsonSerializer.Deserialize(arguments[i], wanted, Json);
            }
            catch (JsonException)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Counts the numbers whose parameter is of their kind, whole or real.</summary>
    private static int Exactness(ParameterInfo[] parameters, ValueList<string> arguments) => parameters.Zip(arguments).Count(pair =>
    {
        Type wanted = Nullable.GetUnderlyingType(pair.First.ParameterType) ?? pair.First.ParameterType;
        bool isReal = wanted == typeof(float) || wanted == typeof(double) || wanted == typeof(decimal);
        return pair.Second.Length > 0 && (char.IsAsciiDigit(pair.Second[^1]) ? isReal == pair.Second.Contains('.', StringComparison.Ordinal) : !isReal);
    });

    private static bool IsPlain(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if ((type.IsPrimitive && type != typeof(nint) && type != typeof(nuint)) || type.IsEnum || type == typeof(string) || type == typeof(decimal))
            return true;
        if (type.IsArray)
            return type.GetArrayRank() == 1 && IsPlain(type.GetElementType()!);
        return type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.Namespace is "System.Collections.Generic" or "Fuse.MLNet"
            && type.GetGenericArguments() is [Type item] && IsPlain(item);
    }

    private static string Describe(ConstructorInfo constructor) =>
        $"({string.Join(", ", constructor.GetParameters().Select(parameter => $"{parameter.ParameterType.Name} {parameter.Name}"))})";
}
